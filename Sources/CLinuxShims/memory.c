#define _GNU_SOURCE
#include "clinuxshims.h"

#include <stddef.h>
#include <sys/uio.h>

size_t clinux_read_memory(int32_t pid, uint64_t address, void *buffer, size_t count) {
    struct iovec own = {buffer, count}, other = {(void *)(uintptr_t)address, count};
    ssize_t length = process_vm_readv(pid, &own, 1, &other, 1, 0);
    return length < 0 ? 0 : (size_t)length;
}
