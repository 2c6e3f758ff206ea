// Memory, the processor's caches, the kernel's pages.
#pragma once
#include <stddef.h>

// Fetches the cache line at `address` without waiting for it. Any address is harmless.
static inline void clinux_prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }

// Makes the pages that lie wholly within `count` bytes at `start`, writable and in use, if the kernel can
// (MADV_POPULATE_WRITE, Linux 5.14).
void clinux_populate(void *_Nonnull start, size_t count);
