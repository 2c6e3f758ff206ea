#include "crc32c.h"

#include <stdatomic.h>
#include <string.h>

// The polynomial, bits reversed.
#define POLYNOMIAL 0x82F63B78u

// Slicing by eight: table[k][b] is what byte b adds when k more bytes follow it in the same word.
static uint32_t table[8][256];
static _Atomic int tables_ready;

// May run on several threads at once: all write the same values, each through relaxed stores of whole words, and the
// flag is raised behind them.
static void make_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? value >> 1 ^ POLYNOMIAL : value >> 1;
    __atomic_store_n(&table[0][byte], value, __ATOMIC_RELAXED);
  }
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t value = __atomic_load_n(&table[0][byte], __ATOMIC_RELAXED);
    for (int slice = 1; slice < 8; slice++) {
      value = value >> 8 ^ __atomic_load_n(&table[0][value & 0xFF], __ATOMIC_RELAXED);
      __atomic_store_n(&table[slice][byte], value, __ATOMIC_RELAXED);
    }
  }
  atomic_store_explicit(&tables_ready, 1, memory_order_release);
}

uint32_t clinux_crc32c_table(uint32_t crc, const void *bytes, size_t count) {
  if (!atomic_load_explicit(&tables_ready, memory_order_acquire)) make_tables();
  const uint8_t *at = bytes;
  crc = ~crc;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  for (; count >= 8; count -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    word ^= crc;
    crc = table[7][word & 0xFF] ^ table[6][word >> 8 & 0xFF] ^ table[5][word >> 16 & 0xFF] ^
          table[4][word >> 24 & 0xFF] ^ table[3][word >> 32 & 0xFF] ^ table[2][word >> 40 & 0xFF] ^
          table[1][word >> 48 & 0xFF] ^ table[0][word >> 56];
  }
#endif
  for (; count > 0; count--, at++) crc = crc >> 8 ^ table[0][(crc ^ *at) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  uint64_t value = (uint32_t)~crc;
  for (; count >= 32; count -= 32, at += 32) {
    uint64_t words[4];
    memcpy(words, at, 32);
    value = _mm_crc32_u64(value, words[0]);
    value = _mm_crc32_u64(value, words[1]);
    value = _mm_crc32_u64(value, words[2]);
    value = _mm_crc32_u64(value, words[3]);
  }
  for (; count >= 8; count -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    value = _mm_crc32_u64(value, word);
  }
  uint32_t rest = (uint32_t)value;
  for (; count > 0; count--, at++) rest = _mm_crc32_u8(rest, *at);
  return ~rest;
}

int clinux_crc32c_is_accelerated(void) { return __builtin_cpu_supports("sse4.2") != 0; }

#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>

#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)
#endif

__attribute__((target("crc"))) static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; count >= 8; count -= 8, at += 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    crc = __crc32cd(crc, word);
  }
  for (; count > 0; count--, at++) crc = __crc32cb(crc, *at);
  return ~crc;
}

int clinux_crc32c_is_accelerated(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#else

static uint32_t crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
  return clinux_crc32c_table(crc, bytes, count);
}

int clinux_crc32c_is_accelerated(void) { return 0; }

#endif

uint32_t clinux_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return clinux_crc32c_is_accelerated() ? crc32c_instruction(crc, bytes, count)
                                        : clinux_crc32c_table(crc, bytes, count);
}
