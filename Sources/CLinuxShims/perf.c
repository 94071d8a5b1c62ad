#define _GNU_SOURCE
#include "clinuxshims.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif

_Static_assert(SYS_fsopen == 430 && SYS_fsmount == 432, "system call numbers");
_Static_assert(sizeof(((struct perf_event_attr *)0)->sample_regs_user) == 8, "mask of registers");

int clinux_perf_open(const clinux_perf_request *request, const char *uprobe_path) {
    struct perf_event_attr attr;
    memset(&attr, 0, sizeof attr);
    attr.size = sizeof attr;
    attr.type = request->type;
    attr.config = request->config;
    if (uprobe_path != NULL) {
        attr.config1 = (uint64_t)(uintptr_t)uprobe_path;
        attr.config2 = request->uprobe_offset;
    }
    attr.sample_period = request->counts ? 1 : 0;
    attr.sample_type = request->sample_type;
    attr.sample_regs_user = request->registers;
    attr.sample_stack_user = request->stack;
    attr.disabled = 1;
    attr.inherit = request->inherit ? 1 : 0;
    attr.exclude_callchain_kernel = 1;
    attr.sample_id_all = 1;
    attr.use_clockid = 1;
    attr.clockid = CLOCK_MONOTONIC;
    attr.watermark = request->is_urgent ? 0 : 1;
    if (request->is_urgent) {
        attr.wakeup_events = 1;
    } else {
        attr.wakeup_watermark = request->watermark;
    }
    attr.sample_max_stack = request->frames;
    attr.task = request->follows_tasks ? 1 : 0;
    attr.comm = request->follows_tasks ? 1 : 0;
    attr.comm_exec = request->follows_tasks ? 1 : 0;
    attr.mmap = request->follows_tasks ? 1 : 0;
    attr.mmap2 = request->follows_tasks ? 1 : 0;
    // Threads, and no processes (Linux 5.13): others would pay for what is not asked for.
    attr.inherit_thread = attr.inherit && request->threads_only;
    long descriptor = syscall(SYS_perf_event_open, &attr, request->pid, request->cpu, -1,
                              PERF_FLAG_FD_CLOEXEC);
    if (descriptor < 0 && errno == EINVAL && attr.inherit_thread) {
        attr.inherit_thread = 0;
        descriptor = syscall(SYS_perf_event_open, &attr, request->pid, request->cpu, -1,
                             PERF_FLAG_FD_CLOEXEC);
    }
    return descriptor < 0 ? -errno : (int)descriptor;
}

int clinux_perf_redirect(int event, int ring) {
    return ioctl(event, PERF_EVENT_IOC_SET_OUTPUT, ring) == 0 ? 0 : errno;
}

int clinux_perf_filter(int event, const char *filter) {
    return ioctl(event, PERF_EVENT_IOC_SET_FILTER, filter) == 0 ? 0 : errno;
}

int clinux_perf_enable(int event, int is_on) {
    unsigned long request = is_on ? PERF_EVENT_IOC_ENABLE : PERF_EVENT_IOC_DISABLE;
    return ioctl(event, request, 0) == 0 ? 0 : errno;
}

int clinux_perf_identifier(int event, uint64_t *identifier) {
    return ioctl(event, PERF_EVENT_IOC_ID, identifier) == 0 ? 0 : errno;
}

uintptr_t clinux_ring_map(int event, uint32_t pages) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *base = mmap(NULL, (1 + (size_t)pages) * page, PROT_READ | PROT_WRITE, MAP_SHARED, event, 0);
    return base == MAP_FAILED ? 0 : (uintptr_t)base;
}

void clinux_ring_unmap(uintptr_t base, uint32_t pages) {
    munmap((void *)base, (1 + (size_t)pages) * (size_t)sysconf(_SC_PAGESIZE));
}

uint64_t clinux_ring_drain(uintptr_t base, uint8_t *out, uint64_t capacity) {
    struct perf_event_mmap_page *control = (struct perf_event_mmap_page *)base;
    const uint8_t *data = (const uint8_t *)base + control->data_offset;
    uint64_t size = control->data_size;
    // The kernel moves the head after the bytes are there, and reads the tail before it writes
    // more (perf_event_open(2), "data_head").
    uint64_t head = __atomic_load_n(&control->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = control->data_tail;
    uint64_t count = head - tail;
    if (count > size || count > capacity) return UINT64_MAX;
    uint64_t start = tail % size;
    uint64_t first = count < size - start ? count : size - start;
    memcpy(out, data + start, first);
    memcpy(out + first, data, count - first);
    __atomic_store_n(&control->data_tail, head, __ATOMIC_RELEASE);
    return count;
}

int clinux_tracefs_open(void) {
    int context = (int)syscall(SYS_fsopen, "tracefs", 1 /* FSOPEN_CLOEXEC */);
    if (context < 0) return -errno;
    int result = -1;
    // FSCONFIG_CMD_CREATE is 6; FSMOUNT_CLOEXEC is 1. The mount belongs to the descriptor, is in no
    // folder, and goes with it.
    if (syscall(SYS_fsconfig, context, 6, NULL, NULL, 0) == 0) {
        result = (int)syscall(SYS_fsmount, context, 1, 0);
    }
    if (result < 0) result = -errno;
    close(context);
    return result;
}

int64_t clinux_monotonic_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
