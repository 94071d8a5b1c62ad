#include "cregex.h"

#include <re2/re2.h>

#include <cstring>
#include <new>
#include <string>

struct CRegexPattern {
    CRegexPattern(re2::StringPiece text, const RE2::Options &options) : expression(text, options) {}
    RE2 expression;
};

static void report(const std::string &text, char *message, size_t capacity) {
    if (capacity == 0) return;
    const size_t count = text.size() < capacity - 1 ? text.size() : capacity - 1;
    std::memcpy(message, text.data(), count);
    message[count] = '\0';
}

extern "C" CRegexPattern *cregex_compile(const char *pattern, size_t length,
                                         CRegexEncoding encoding, int64_t memory_bytes,
                                         char *message, size_t message_capacity) {
    RE2::Options options;
    options.set_encoding(encoding == CRegexEncodingLatin1 ? RE2::Options::EncodingLatin1
                                                          : RE2::Options::EncodingUTF8);
    options.set_max_mem(memory_bytes);
    options.set_log_errors(false);
    // Nobody asks where a match is or what its groups were.
    options.set_never_capture(true);
    // No exception may cross into a caller that has none.
    try {
        auto *compiled = new CRegexPattern(re2::StringPiece(pattern, length), options);
        if (compiled->expression.ok()) return compiled;
        report(compiled->expression.error(), message, message_capacity);
        delete compiled;
    } catch (const std::bad_alloc &) {
        report("out of memory", message, message_capacity);
    }
    return nullptr;
}

extern "C" bool cregex_matches(const CRegexPattern *pattern, const uint8_t *text, size_t length) {
    const re2::StringPiece piece(reinterpret_cast<const char *>(text), length);
    return pattern->expression.Match(piece, 0, length, RE2::UNANCHORED, nullptr, 0);
}

extern "C" void cregex_free(CRegexPattern *pattern) { delete pattern; }
