#ifndef SOCKEYE_CDECOMPRESSION_H
#define SOCKEYE_CDECOMPRESSION_H

// The C door to zlib and to the brotli decoder: zlib's initialisers are macros, and both want a
// struct of raw pointers to be filled for every call.

#include <stddef.h>
#include <stdint.h>

/// What is decoded.
typedef enum CDecompressionFormat {
    CDecompressionGzip = 0,
    CDecompressionZlib = 1,
    CDecompressionRawDeflate = 2,
    CDecompressionBrotli = 3,
} CDecompressionFormat;

/// What one step ended with.
typedef enum CDecompressionStatus {
    /// All input is consumed and all output that it allows was given.
    CDecompressionNeedsInput = 0,
    /// The output is full; call again with the rest of the input, which may be empty.
    CDecompressionNeedsOutput = 1,
    /// The stream (for gzip: this member) is complete; input may be left over.
    CDecompressionFinished = 2,
    /// The data are broken; `cdecompression_error` says how.
    CDecompressionCorrupt = 3,
    /// The decoder wanted more memory than `CDECOMPRESSION_MEMORY_LIMIT`.
    CDecompressionOutOfMemory = 4,
} CDecompressionStatus;

/// One decoder's state.
typedef struct CDecompressionStream CDecompressionStream;

/// The most memory that one decoder may hold, in bytes. Brotli's largest standard window is
/// 16 MiB (RFC 7932, section 9.1); zlib needs about 44 KiB.
#define CDECOMPRESSION_MEMORY_LIMIT (size_t)(20u << 20)

/// Makes a decoder, or NULL when there is no memory.
CDecompressionStream *cdecompression_create(CDecompressionFormat format);

/// Decodes from `*input` into `output`, and moves `*input`, `*input_count` and `*produced`.
CDecompressionStatus cdecompression_step(CDecompressionStream *stream, const uint8_t **input,
                                         size_t *input_count, uint8_t *output,
                                         size_t output_capacity, size_t *produced);

/// Makes a finished gzip decoder ready for the next member (RFC 1952, section 2.2).
void cdecompression_next_member(CDecompressionStream *stream);

/// What is wrong with the data; a constant text, or one that lives as long as the stream.
const char *cdecompression_error(const CDecompressionStream *stream);

/// Frees a decoder; NULL is allowed.
void cdecompression_free(CDecompressionStream *stream);

/// How many bytes all decoders of the process hold now.
size_t cdecompression_bytes_held(void);

#endif
