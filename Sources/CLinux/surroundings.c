#define _GNU_SOURCE
#include "surroundings.h"

#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// From the kernel's linux/ioprio.h, which the C library has no name for.
enum { io_priority_of_process = 1 };

struct surroundings {
    cpu_set_t affinity;
    struct rlimit limits[RLIM_NLIMITS];
    int nice;
    int policy;
    int io_priority;
};

static struct surroundings noted;

// What cannot be told is zero, whenever it is asked for.
static void look(struct surroundings *now) {
    memset(now, 0, sizeof *now);
    sched_getaffinity(0, sizeof now->affinity, &now->affinity);
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        getrlimit(resource, &now->limits[resource]);
    }
    now->nice = getpriority(PRIO_PROCESS, 0);
    now->policy = sched_getscheduler(0);
    now->io_priority = (int)syscall(SYS_ioprio_get, io_priority_of_process, 0);
}

void clinux_note_surroundings(void) {
    look(&noted);
}

int clinux_surroundings_changed(void) {
    struct surroundings now;
    look(&now);
    return memcmp(&now, &noted, sizeof now) != 0;
}
