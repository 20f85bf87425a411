/* Counts how often a process waits for its disk. Loaded with LD_PRELOAD; asked with syncs_so_far(). */
#define _GNU_SOURCE
#include <dlfcn.h>

static long count;

long syncs_so_far(void) { return __atomic_load_n(&count, __ATOMIC_RELAXED); }

static int counted(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    return real(fd);
}

int fsync(int fd) { return counted("fsync", fd); }
int fdatasync(int fd) { return counted("fdatasync", fd); }
