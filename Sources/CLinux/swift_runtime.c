// What a static program does without at its start, in place of the Swift runtime's own: to read
// /proc/self/maps for its arguments, and to look in eight folders for a crash reporter that is not
// installed with it. Together they are a sixth of the time that /bin/true takes.
//
// Whoever links libswiftCore.a takes these for its CommandLine.cpp and Paths.cpp, which are then
// left out. Should a later runtime want more of those files, the linker says so: duplicate symbols.

#ifdef SLUICE_STATIC

#include <stddef.h>

static int count;
static char **words;

// The C library hands the arguments to what runs before main.
__attribute__((constructor)) static void take(int argc, char **argv) {
    count = argc;
    words = argv;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *argc) {
    *argc = count;
    return words;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **argv, int argc) {
    take(argc, argv);
}

char *swift_copyAuxiliaryExecutablePath(const char *name) {
    (void)name;
    return NULL;
}

#endif
