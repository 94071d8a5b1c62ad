#ifndef SOCKEYE_CREGEX_H
#define SOCKEYE_CREGEX_H

// The C door to RE2, which is C++. RE2 matches in linear time, so a hostile body cannot make a
// hostile search out of an innocent expression.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression. Matching is safe from any number of threads (re2.h, "Thread safety").
typedef struct CRegexPattern CRegexPattern;

/// How the bytes of the pattern and of the text are read.
typedef enum CRegexEncoding {
    CRegexEncodingUTF8 = 0,
    CRegexEncodingLatin1 = 1,
} CRegexEncoding;

/// Compiles a pattern. The program and its match caches stay within `memory_bytes`. Returns NULL
/// when RE2 refuses the pattern; `message` then holds its reason, cut to `message_capacity` with
/// a NUL at the end.
CRegexPattern *cregex_compile(const char *pattern, size_t length, CRegexEncoding encoding,
                              int64_t memory_bytes, char *message, size_t message_capacity);

/// Whether the expression matches anywhere in the text. `text` may be NULL when `length` is 0.
bool cregex_matches(const CRegexPattern *pattern, const uint8_t *text, size_t length);

/// Frees a pattern; NULL is allowed.
void cregex_free(CRegexPattern *pattern);

#ifdef __cplusplus
}
#endif

#endif
