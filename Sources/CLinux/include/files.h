// Files and the kernel's error texts.
#pragma once
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>

// The text and the name of an error number, or NULL for an unknown one. Constant strings; any thread.
const char *_Nullable clinux_error_text(int code);
const char *_Nullable clinux_error_name(int code);

// fallocate(2) of the first `size` bytes, the file growing to them. -1 and errno on failure.
int clinux_fallocate(int descriptor, int64_t size);

// flock(2), exclusive, without waiting. (`flock` is a structure's name too, which hides the function from Swift.)
int clinux_flock(int descriptor);

// Sets or clears O_DIRECT of an open file. 1 when that changed it, 0 when it was so, -1 and errno on failure.
int clinux_bypass_cache(int descriptor, int bypasses);

// renameat2(2) with RENAME_EXCHANGE: the two names change places at once. -1 and errno on failure.
int clinux_exchange(const char *_Nonnull path, const char *_Nonnull other);

// Which file system a path is on: the type that statfs(2) tells. -1 and errno on failure.
int clinux_file_system_type(const char *_Nonnull path, uint32_t *_Nonnull type);
