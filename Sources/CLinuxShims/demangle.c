#include "clinuxshims.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The C++ runtime's (Itanium C++ ABI), which also reads Rust's legacy symbols, and Swift's
// (stdlib/public/runtime/Demangle.cpp).
extern char *__cxa_demangle(const char *symbol, char *buffer, size_t *length, int *status);
extern char *swift_demangle(const char *symbol, size_t length, char *buffer, size_t *size,
                            uint32_t flags);

char *clinux_demangle(const char *symbol) {
    if (strncmp(symbol, "_Z", 2) == 0) {
        int status = 0;
        return __cxa_demangle(symbol, NULL, NULL, &status);
    }
    if (strncmp(symbol, "$s", 2) == 0 || strncmp(symbol, "$S", 2) == 0
        || strncmp(symbol, "_$s", 3) == 0) {
        return swift_demangle(symbol, strlen(symbol), NULL, NULL, 0);
    }
    return NULL;
}
