// Memory and the processor's caches.
#pragma once

// Fetches the cache line at `address` without waiting for it. Any address is harmless.
static inline void clinux_prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }
