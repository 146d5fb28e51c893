#include "memory.h"

#include <malloc.h>

void clinux_keep_heap(void) {
    mallopt(M_TOP_PAD, 512 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}
