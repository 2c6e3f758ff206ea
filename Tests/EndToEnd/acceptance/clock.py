"""A wall clock that a test can move."""

import mmap
import os
import pathlib
import struct
import subprocess

from preload import compiled

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile int64_t *shift_ns;

__attribute__((constructor)) static void map_shift(void) {
  int file = open(getenv("SHIFTED_CLOCK"), O_RDONLY);
  if (file < 0) abort();
  shift_ns = mmap(NULL, 8, PROT_READ, MAP_SHARED, file, 0);
  if (shift_ns == MAP_FAILED) abort();
}

static void shift(struct timespec *time) {
  int64_t ns = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + (shift_ns ? *shift_ns : 0);
  time->tv_sec = ns / 1000000000;
  time->tv_nsec = ns % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) shift(time);
  return result;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
"""


class ShiftedClock:
    """How far the wall clock of the processes with this environment is from the machine's, in seconds."""

    def __init__(self, folder):
        library, shift = compiled(SOURCE, folder), pathlib.Path(folder) / "shift"
        shift.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "SHIFTED_CLOCK": str(shift)}
        with open(shift, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 8)

    def set(self, seconds):
        self.map[:] = struct.pack("<q", int(seconds * 1e9))

    def now(self):
        """What `date` prints in such a process, in whole seconds."""
        done = subprocess.run(
            ["date", "+%s"], env=os.environ | self.environment, capture_output=True, text=True, check=True
        )
        return int(done.stdout)
