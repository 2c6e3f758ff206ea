"""Libraries that are loaded before the C library, compiled where they are needed."""

import pathlib
import shutil
import subprocess

import pytest

# Every third pwrite writes no more than half of what it was given, as the kernel may.
SHORT_WRITES = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/types.h>

static _Atomic unsigned calls;

static ssize_t shorten(const char *name, int file, const void *bytes, size_t count, off_t offset) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, name);
  return real(file, bytes, count > 1 && calls++ % 3 == 2 ? count / 2 : count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return shorten("pwrite", file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off_t offset) {
  return shorten("pwrite64", file, bytes, count, offset);
}
"""


def compiled(source, folder):
    """The path of a library of this C source."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler here")
    file, library = pathlib.Path(folder) / "preload.c", pathlib.Path(folder) / "preload.so"
    file.write_text(source)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, file, "-ldl"], check=True)
    return library
