#define _GNU_SOURCE
#include "memory.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void clinux_populate(void *start, size_t count) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
  uintptr_t end = ((uintptr_t)start + count) & ~(page - 1);
  // A kernel that does not know it refuses, and then the pages are made as they are used.
  if (first < end) (void)madvise((void *)first, end - first, MADV_POPULATE_WRITE);
}
