#include "filesystem.h"

#include <sys/vfs.h>
#include <unistd.h>

uint32_t clinux_file_system_type(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}

int64_t clinux_free_bytes(int folder) {
    struct statfs status;
    if (fstatfs(folder, &status) != 0) return -1;
    // What is kept for root, root may have.
    return (int64_t)(geteuid() == 0 ? status.f_bfree : status.f_bavail) * status.f_bsize;
}
