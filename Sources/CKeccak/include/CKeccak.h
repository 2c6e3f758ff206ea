// Keccak-256 (the original padding, as Ethereum has it) of several short messages at once, on the vectors of the
// processor.
#pragma once
#include <stddef.h>
#include <stdint.h>

// What the messages and the digests take, in bytes: 40 hexadecimal digits of an address, and 256 bits.
enum { ckeccak_message_bytes = 40, ckeccak_digest_bytes = 32 };

// Which instructions are used, the least first.
enum {
  // What every processor of the architecture has; on x86-64 that is SSE2.
  ckeccak_portable = 0,
  // AVX2, and BMI for what is left over.
  ckeccak_avx2 = 1,
  // AVX-512 F and VL: rotations and any function of three operands in one instruction.
  ckeccak_avx512 = 2,
};

// The best that this processor has, and the operating system keeps the registers of.
int ckeccak_best(void);

// The digests of `count` messages that lie one behind the other; so do the digests. Any alignment will do. Uses
// `instructions`, or less where the processor has less.
void ckeccak_256(int instructions, const void *_Nonnull messages, size_t count, void *_Nonnull digests);
