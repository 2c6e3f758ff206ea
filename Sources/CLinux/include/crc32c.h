// CRC32C (Castagnoli, RFC 3720 appendix B.4), reflected, initial value and final exclusive or 0xFFFFFFFF.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Extends `crc`, the checksum of what came before (0 for nothing), by `count` bytes. Uses the processor's own
// instruction where it has one.
uint32_t clinux_crc32c(uint32_t crc, const void *_Nullable bytes, size_t count);

// The same by table alone: what runs on a processor without the instruction.
uint32_t clinux_crc32c_table(uint32_t crc, const void *_Nullable bytes, size_t count);

// Whether this processor has the instruction.
int clinux_crc32c_is_accelerated(void);
