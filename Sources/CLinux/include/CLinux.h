// What Swift cannot reach by itself: system headers that the toolchain's Glibc module leaves out, and processor
// instructions.
#pragma once
#include "CLinuxSockets.h"
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/uio.h>

#include "crc32c.h"
#include "files.h"
#include "memory.h"
