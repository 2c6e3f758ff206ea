#include "CKeccak.h"

#include <string.h>

// Several states side by side: the same lane of each in one vector.
typedef uint64_t lanes2 __attribute__((vector_size(16)));
typedef uint64_t lanes4 __attribute__((vector_size(32)));
typedef uint64_t lanes8 __attribute__((vector_size(64)));

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000A, 0x000000008000808B, 0x800000000000008B, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define LANE uint64_t
#define PERMUTE permute1
#include "permutation.h"
#define LANE lanes2
#define PERMUTE permute2
#include "permutation.h"
#define LANE lanes4
#define PERMUTE permute4
#include "permutation.h"
#define LANE lanes8
#define PERMUTE permute8
#include "permutation.h"

enum { message_lanes = ckeccak_message_bytes / 8, digest_lanes = ckeccak_digest_bytes / 8 };

// A lane is eight bytes of the message, the first in the lowest bits.
static inline uint64_t little_endian(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return __builtin_bswap64(word);
#else
  return word;
#endif
}

// The states of up to `width` messages: lane `n` of state `s` is `lanes[n * width + s]`. Where there are fewer messages,
// the last one stands in for those that lack, so that nothing is read that is not there. The padding begins behind the
// message and ends with the last bit of the 136 bytes that a permutation takes in.
static inline __attribute__((always_inline)) void absorb(uint64_t *lanes, size_t width, const uint8_t *messages,
                                                         size_t count) {
  for (size_t state = 0; state < width; state++) {
    const uint8_t *message = messages + ckeccak_message_bytes * (state < count ? state : count - 1);
    for (size_t lane = 0; lane < message_lanes; lane++) {
      uint64_t word;
      memcpy(&word, message + 8 * lane, 8);
      lanes[lane * width + state] = little_endian(word);
    }
    for (size_t lane = message_lanes; lane < 25; lane++) lanes[lane * width + state] = 0;
    lanes[message_lanes * width + state] = 1;
    lanes[16 * width + state] = (uint64_t)1 << 63;
  }
}

static inline __attribute__((always_inline)) void squeeze(const uint64_t *lanes, size_t width, uint8_t *digests,
                                                          size_t count) {
  for (size_t state = 0; state < count; state++) {
    for (size_t lane = 0; lane < digest_lanes; lane++) {
      uint64_t word = little_endian(lanes[lane * width + state]);
      memcpy(digests + ckeccak_digest_bytes * state + 8 * lane, &word, 8);
    }
  }
}

// Takes up to `width` messages off the front.
#define TAKE(lane_type, width, permute)               \
  do {                                                \
    size_t taken = count < (width) ? count : (width); \
    union {                                           \
      uint64_t words[25 * (width)];                   \
      lane_type lanes[25];                            \
    } state;                                          \
    absorb(state.words, (width), messages, taken);    \
    permute(state.lanes);                             \
    squeeze(state.words, (width), digests, taken);    \
    count -= taken;                                   \
    messages += taken * ckeccak_message_bytes;        \
    digests += taken * ckeccak_digest_bytes;          \
  } while (0)

static void hash_portable(const uint8_t *messages, size_t count, uint8_t *digests) {
  while (count > 0) TAKE(lanes2, 2, permute2);
}

#if defined(__x86_64__)

__attribute__((target("bmi,bmi2"))) static void hash_one_bmi(const uint8_t *messages, size_t count, uint8_t *digests) {
  TAKE(uint64_t, 1, permute1);
}

// Four at once take as long as two, one after the other, on the general registers.
__attribute__((target("avx2"))) static void hash_avx2(const uint8_t *messages, size_t count, uint8_t *digests) {
  while (count >= 3) TAKE(lanes4, 4, permute4);
  for (; count > 0; count--, messages += ckeccak_message_bytes, digests += ckeccak_digest_bytes) {
    hash_one_bmi(messages, 1, digests);
  }
}

// Four at once take less time than one on the general registers, eight half as much again.
__attribute__((target("avx512f,avx512vl"))) static void hash_avx512(const uint8_t *messages, size_t count,
                                                                    uint8_t *digests) {
  while (count > 4) TAKE(lanes8, 8, permute8);
  if (count > 0) TAKE(lanes4, 4, permute4);
}

int ckeccak_best(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) return ckeccak_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) {
    return ckeccak_avx2;
  }
  return ckeccak_portable;
}

void ckeccak_256(int instructions, const void *messages, size_t count, void *digests) {
  int best = ckeccak_best();
  switch (instructions < best ? instructions : best) {
    case ckeccak_avx512: hash_avx512(messages, count, digests); break;
    case ckeccak_avx2: hash_avx2(messages, count, digests); break;
    default: hash_portable(messages, count, digests);
  }
}

#else

int ckeccak_best(void) { return ckeccak_portable; }

void ckeccak_256(int instructions, const void *messages, size_t count, void *digests) {
  (void)instructions;
  hash_portable(messages, count, digests);
}

#endif
