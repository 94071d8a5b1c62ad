#include "cdecompression.h"

#include <brotli/decode.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct CDecompressionStream {
    CDecompressionFormat format;
    z_stream zlib;
    BrotliDecoderState *brotli;
    size_t held;
    bool refused;
};

static atomic_size_t bytes_held;

size_t cdecompression_bytes_held(void) { return atomic_load(&bytes_held); }

// Each block carries its size in front, so that the sum of what is held stays exact. Sixteen
// bytes keep the alignment that malloc promises.
enum { block_header = 16 };

static void *counted_allocate(void *opaque, size_t size) {
    CDecompressionStream *stream = opaque;
    if (size > CDECOMPRESSION_MEMORY_LIMIT - stream->held) {
        stream->refused = true;
        return NULL;
    }
    unsigned char *block = malloc(size + block_header);
    if (block == NULL) {
        stream->refused = true;
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    stream->held += size;
    atomic_fetch_add(&bytes_held, size);
    return block + block_header;
}

static void counted_free(void *opaque, void *address) {
    if (address == NULL) return;
    CDecompressionStream *stream = opaque;
    unsigned char *block = (unsigned char *)address - block_header;
    size_t size;
    memcpy(&size, block, sizeof size);
    stream->held -= size;
    atomic_fetch_sub(&bytes_held, size);
    free(block);
}

static voidpf zlib_allocate(voidpf opaque, uInt items, uInt size) {
    return counted_allocate(opaque, (size_t)items * size);
}

static void zlib_free(voidpf opaque, voidpf address) { counted_free(opaque, address); }

static bool start_zlib(CDecompressionStream *stream) {
    // The sign and the sixteens are inflateInit2's own language (zlib.h): 15 is the window of
    // 32 KiB, plus 16 reads a gzip wrapper, minus reads none.
    int window = MAX_WBITS;
    if (stream->format == CDecompressionGzip) window = MAX_WBITS + 16;
    if (stream->format == CDecompressionRawDeflate) window = -MAX_WBITS;
    stream->zlib.zalloc = zlib_allocate;
    stream->zlib.zfree = zlib_free;
    stream->zlib.opaque = stream;
    return inflateInit2(&stream->zlib, window) == Z_OK;
}

CDecompressionStream *cdecompression_create(CDecompressionFormat format) {
    CDecompressionStream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) return NULL;
    stream->format = format;
    bool started;
    if (format == CDecompressionBrotli) {
        stream->brotli = BrotliDecoderCreateInstance(counted_allocate, counted_free, stream);
        started = stream->brotli != NULL;
    } else {
        started = start_zlib(stream);
    }
    if (started) return stream;
    free(stream);
    return NULL;
}

static CDecompressionStatus step_zlib(CDecompressionStream *stream, const uint8_t **input,
                                      size_t *input_count, uint8_t *output,
                                      size_t output_capacity, size_t *produced) {
    const uInt offered = *input_count > UINT_MAX ? UINT_MAX : (uInt)*input_count;
    const uInt capacity = output_capacity > UINT_MAX ? UINT_MAX : (uInt)output_capacity;
    stream->zlib.next_in = (z_const Bytef *)*input;
    stream->zlib.avail_in = offered;
    stream->zlib.next_out = output;
    stream->zlib.avail_out = capacity;
    const int result = inflate(&stream->zlib, Z_NO_FLUSH);
    *input += offered - stream->zlib.avail_in;
    *input_count -= offered - stream->zlib.avail_in;
    *produced = capacity - stream->zlib.avail_out;
    switch (result) {
    case Z_STREAM_END:
        return CDecompressionFinished;
    case Z_OK:
    case Z_BUF_ERROR:  // No progress was possible: not an error (zlib.h).
        if (stream->zlib.avail_out == 0 || *input_count > 0) return CDecompressionNeedsOutput;
        return CDecompressionNeedsInput;
    case Z_MEM_ERROR:
        return CDecompressionOutOfMemory;
    default:  // Z_DATA_ERROR, and Z_NEED_DICT: HTTP has no way to agree on a dictionary.
        return CDecompressionCorrupt;
    }
}

static CDecompressionStatus step_brotli(CDecompressionStream *stream, const uint8_t **input,
                                        size_t *input_count, uint8_t *output,
                                        size_t output_capacity, size_t *produced) {
    size_t room = output_capacity;
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(
        stream->brotli, input_count, input, &room, &output, NULL);
    *produced = output_capacity - room;
    switch (result) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return CDecompressionFinished;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return CDecompressionNeedsInput;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return CDecompressionNeedsOutput;
    case BROTLI_DECODER_RESULT_ERROR:
        break;
    }
    return stream->refused ? CDecompressionOutOfMemory : CDecompressionCorrupt;
}

CDecompressionStatus cdecompression_step(CDecompressionStream *stream, const uint8_t **input,
                                         size_t *input_count, uint8_t *output,
                                         size_t output_capacity, size_t *produced) {
    return stream->format == CDecompressionBrotli
               ? step_brotli(stream, input, input_count, output, output_capacity, produced)
               : step_zlib(stream, input, input_count, output, output_capacity, produced);
}

void cdecompression_next_member(CDecompressionStream *stream) { inflateReset(&stream->zlib); }

const char *cdecompression_error(const CDecompressionStream *stream) {
    if (stream->format == CDecompressionBrotli) {
        return BrotliDecoderErrorString(BrotliDecoderGetErrorCode(stream->brotli));
    }
    return stream->zlib.msg != NULL ? stream->zlib.msg : "a preset dictionary is asked for";
}

void cdecompression_free(CDecompressionStream *stream) {
    if (stream == NULL) return;
    if (stream->format == CDecompressionBrotli) {
        BrotliDecoderDestroyInstance(stream->brotli);
    } else {
        inflateEnd(&stream->zlib);
    }
    free(stream);
}
