// Keccak-f[1600] (FIPS 202, section 3) on 25 lanes of the type LANE, as a function named PERMUTE; included once for each
// type. A LANE is a 64-bit word or a vector of them, which are then as many states side by side. Lane x + 5y is the
// standard's A[x, y]. Of the result only the first four lanes are stored: they are the digest.
//
// The rotations are written as two shifts, chi as it stands in the standard: the compiler makes vprolq and vpternlogq of
// them where there are such, which is most of what AVX-512 gains here.

#define ROTATE(lane, distance) ((lane) << (distance) | (lane) >> (64 - (distance)))
#define CHI(y, b0, b1, b2, b3, b4) \
  a##y##0 = b0 ^ (~b1 & b2);       \
  a##y##1 = b1 ^ (~b2 & b3);       \
  a##y##2 = b2 ^ (~b3 & b4);       \
  a##y##3 = b3 ^ (~b4 & b0);       \
  a##y##4 = b4 ^ (~b0 & b1)

static inline __attribute__((always_inline)) void PERMUTE(LANE *state) {
  LANE a00 = state[0], a01 = state[1], a02 = state[2], a03 = state[3], a04 = state[4];
  LANE a10 = state[5], a11 = state[6], a12 = state[7], a13 = state[8], a14 = state[9];
  LANE a20 = state[10], a21 = state[11], a22 = state[12], a23 = state[13], a24 = state[14];
  LANE a30 = state[15], a31 = state[16], a32 = state[17], a33 = state[18], a34 = state[19];
  LANE a40 = state[20], a41 = state[21], a42 = state[22], a43 = state[23], a44 = state[24];
  for (int round = 0; round < 24; round++) {
    // Theta.
    LANE c0 = a00 ^ a10 ^ a20 ^ a30 ^ a40;
    LANE c1 = a01 ^ a11 ^ a21 ^ a31 ^ a41;
    LANE c2 = a02 ^ a12 ^ a22 ^ a32 ^ a42;
    LANE c3 = a03 ^ a13 ^ a23 ^ a33 ^ a43;
    LANE c4 = a04 ^ a14 ^ a24 ^ a34 ^ a44;
    LANE d0 = c4 ^ ROTATE(c1, 1);
    LANE d1 = c0 ^ ROTATE(c2, 1);
    LANE d2 = c1 ^ ROTATE(c3, 1);
    LANE d3 = c2 ^ ROTATE(c4, 1);
    LANE d4 = c3 ^ ROTATE(c0, 1);
    // Rho and pi.
    LANE b00 = a00 ^ d0;
    LANE b01 = ROTATE(a11 ^ d1, 44);
    LANE b02 = ROTATE(a22 ^ d2, 43);
    LANE b03 = ROTATE(a33 ^ d3, 21);
    LANE b04 = ROTATE(a44 ^ d4, 14);
    LANE b10 = ROTATE(a03 ^ d3, 28);
    LANE b11 = ROTATE(a14 ^ d4, 20);
    LANE b12 = ROTATE(a20 ^ d0, 3);
    LANE b13 = ROTATE(a31 ^ d1, 45);
    LANE b14 = ROTATE(a42 ^ d2, 61);
    LANE b20 = ROTATE(a01 ^ d1, 1);
    LANE b21 = ROTATE(a12 ^ d2, 6);
    LANE b22 = ROTATE(a23 ^ d3, 25);
    LANE b23 = ROTATE(a34 ^ d4, 8);
    LANE b24 = ROTATE(a40 ^ d0, 18);
    LANE b30 = ROTATE(a04 ^ d4, 27);
    LANE b31 = ROTATE(a10 ^ d0, 36);
    LANE b32 = ROTATE(a21 ^ d1, 10);
    LANE b33 = ROTATE(a32 ^ d2, 15);
    LANE b34 = ROTATE(a43 ^ d3, 56);
    LANE b40 = ROTATE(a02 ^ d2, 62);
    LANE b41 = ROTATE(a13 ^ d3, 55);
    LANE b42 = ROTATE(a24 ^ d4, 39);
    LANE b43 = ROTATE(a30 ^ d0, 41);
    LANE b44 = ROTATE(a41 ^ d1, 2);
    CHI(0, b00, b01, b02, b03, b04);
    CHI(1, b10, b11, b12, b13, b14);
    CHI(2, b20, b21, b22, b23, b24);
    CHI(3, b30, b31, b32, b33, b34);
    CHI(4, b40, b41, b42, b43, b44);
    // Iota.
    a00 ^= round_constants[round];
  }
  state[0] = a00;
  state[1] = a01;
  state[2] = a02;
  state[3] = a03;
}

#undef ROTATE
#undef CHI
#undef PERMUTE
#undef LANE
