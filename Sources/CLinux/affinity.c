#define _GNU_SOURCE
#include "CLinux.h"
#include <sched.h>
#include <string.h>

int clinux_affinity(uint64_t *words, int count) {
    size_t size = (size_t)count * sizeof(uint64_t);
    memset(words, 0, size);
    return sched_getaffinity(0, size, (cpu_set_t *)words);
}

int clinux_set_affinity(pid_t thread, const unsigned long *words, size_t count) {
    return sched_setaffinity(thread, count * sizeof(unsigned long), (const cpu_set_t *)words);
}
