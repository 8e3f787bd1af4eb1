#if defined(__x86_64__) && defined(__linux__)
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <ucontext.h>

#include "CTensorKernels.h"
#include "CTileEmulation.h"

enum { TILES = 8, MAX_ROWS = 16, ROW_BYTES = 64 };

typedef union {
  uint8_t bytes[MAX_ROWS][ROW_BYTES];
  float sums[MAX_ROWS][ROW_BYTES / 4];
  uint16_t terms[MAX_ROWS][ROW_BYTES / 2];
} tile;

/// The state that every thread has.
static _Thread_local struct {
  bool is_configured;
  uint16_t row_bytes[TILES];
  uint8_t rows[TILES];
  tile tiles[TILES];
  int64_t count;
} state;

bool tile_emulation_is_active(void) { return tk_emulates_amx; }

int64_t tile_emulation_count(void) { return state.count; }

// MARK: Instructions; false is the fault #UD or #GP

static void release(void) {
  state.is_configured = false;
  memset(state.row_bytes, 0, sizeof state.row_bytes);
  memset(state.rows, 0, sizeof state.rows);
  memset(state.tiles, 0, sizeof state.tiles);
}

static bool load_configuration(const uint8_t *memory) {
  uint16_t row_bytes[MAX_ROWS];
  memcpy(row_bytes, memory + 16, sizeof row_bytes);
  const uint8_t *rows = memory + 48;
  if (memory[0] == 0) {
    release();
    return true;
  }
  // A start row other than 0 continues an instruction that a fault stopped: there is none here.
  if (memory[0] != 1) return false;
  for (int i = 1; i < 16; i++) {
    if (memory[i] != 0) return false;
  }
  for (int i = 0; i < 16; i++) {
    if (i >= TILES ? row_bytes[i] || rows[i] : row_bytes[i] > ROW_BYTES || rows[i] > MAX_ROWS) {
      return false;
    }
    if ((row_bytes[i] == 0) != (rows[i] == 0)) return false;
  }
  release();
  memcpy(state.row_bytes, row_bytes, sizeof state.row_bytes);
  memcpy(state.rows, rows, sizeof state.rows);
  state.is_configured = true;
  return true;
}

static bool is_usable(int t) { return state.is_configured && t < TILES && state.rows[t] > 0; }

static bool zero(int t) {
  if (!is_usable(t)) return false;
  memset(&state.tiles[t], 0, sizeof(tile));
  return true;
}

static bool load_tile(int t, const uint8_t *memory, int64_t stride) {
  if (!zero(t)) return false;
  for (int r = 0; r < state.rows[t]; r++) {
    memcpy(state.tiles[t].bytes[r], memory + r * stride, state.row_bytes[t]);
  }
  return true;
}

static bool store_tile(int t, uint8_t *memory, int64_t stride) {
  if (!is_usable(t)) return false;
  for (int r = 0; r < state.rows[t]; r++) {
    memcpy(memory + r * stride, state.tiles[t].bytes[r], state.row_bytes[t]);
  }
  return true;
}

/// Denormal numbers are 0, before and after.
static float flush(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits &= (bits & 0x7F800000) == 0 ? 0x80000000 : 0xFFFFFFFF;
  memcpy(&x, &bits, sizeof bits);
  return x;
}

static float wide(uint16_t bf16) {
  const uint32_t bits = (uint32_t)bf16 << 16;
  float x;
  memcpy(&x, &bits, sizeof x);
  return flush(x);
}

/// TDPBF16PS: terms of even and of odd place are summed apart, then together to what was there.
static bool multiply(int c, int a, int b) {
  if (!is_usable(a) || !is_usable(b) || !is_usable(c) || a == b || a == c || b == c) return false;
  const int pairs = state.row_bytes[a] / 4;
  if (state.rows[a] != state.rows[c] || state.row_bytes[b] != state.row_bytes[c] ||
      state.rows[b] != pairs || state.row_bytes[a] % 4 || state.row_bytes[c] % 4) {
    return false;
  }
  enum { COLUMNS = ROW_BYTES / 4 };  // those that are not configured hold zeros
  float first_of_b[MAX_ROWS][COLUMNS], second_of_b[MAX_ROWS][COLUMNS];
  for (int k = 0; k < pairs; k++) {
    for (int n = 0; n < COLUMNS; n++) {
      first_of_b[k][n] = wide(state.tiles[b].terms[k][2 * n]);
      second_of_b[k][n] = wide(state.tiles[b].terms[k][2 * n + 1]);
    }
  }
  for (int m = 0; m < state.rows[c]; m++) {
    float even[COLUMNS] = {0}, odd[COLUMNS] = {0};
    for (int k = 0; k < pairs; k++) {
      const float first = wide(state.tiles[a].terms[m][2 * k]);
      const float second = wide(state.tiles[a].terms[m][2 * k + 1]);
      // Products of two bf16 are exact unless they are too large or too small for fp32.
      for (int n = 0; n < COLUMNS; n++) even[n] = flush(even[n] + first * first_of_b[k][n]);
      for (int n = 0; n < COLUMNS; n++) odd[n] = flush(odd[n] + second * second_of_b[k][n]);
    }
    for (int n = 0; n < COLUMNS; n++) {
      const float sum = flush(even[n] + odd[n]);
      state.tiles[c].sums[m][n] = flush(flush(state.tiles[c].sums[m][n]) + sum);
    }
  }
  return true;
}

// MARK: Decoding

static const int registers[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};

typedef struct {
  uint8_t *base;
  int64_t index;  // scaled; 0 where there is none
  const uint8_t *end;
} address;

/// What a ModRM byte with a memory operand says, but not relative to the instruction.
static bool decode_address(const uint8_t *modrm, bool x, bool b, const greg_t *r, address *out) {
  const int mode = modrm[0] >> 6, rm = modrm[0] & 7;
  const uint8_t *next = modrm + 1;
  int base = rm | b << 3;
  out->index = 0;
  if (rm == 4) {
    const int sib = *next++, index = (sib >> 3 & 7) | x << 3;
    base = (sib & 7) | b << 3;
    if (index != 4) out->index = r[registers[index]] << (sib >> 6);
  }
  int64_t offset = 0;
  const bool has_base = mode != 0 || (base & 7) != 5;
  if (mode == 3 || (!has_base && rm != 4)) return false;
  if (mode == 1) {
    offset = (int8_t)*next++;
  } else if (mode == 2 || !has_base) {
    int32_t wide_offset;
    memcpy(&wide_offset, next, sizeof wide_offset);
    offset = wide_offset;
    next += sizeof wide_offset;
  }
  out->base = (uint8_t *)((has_base ? r[registers[base]] : 0) + offset);
  out->end = next;
  return true;
}

/// Carries out the instruction at `code` and returns its end, or NULL.
static const uint8_t *carry_out(const uint8_t *code, const greg_t *r) {
  // VEX.128.0F38.W0, in three bytes.
  if (code[0] != 0xC4 || (code[1] & 0x9F) != 0x82 || (code[2] & 0x84) != 0) return NULL;
  const bool x = !(code[1] & 0x40), b = !(code[1] & 0x20);
  const int prefix = code[2] & 3, opcode = code[3], modrm = code[4];
  const int first = modrm >> 3 & 7, second = modrm & 7, third = ~code[2] >> 3 & 15;
  const bool is_register = modrm >> 6 == 3, has_no_third = third == 0;
  enum { NONE, P66, PF3, PF2 };
  if (opcode == 0x5C && prefix == PF3 && is_register) {
    return multiply(first, second, third) ? code + 5 : NULL;
  }
  if (!has_no_third) return NULL;
  if (opcode == 0x49 && is_register) {
    if (prefix == NONE && modrm == 0xC0) {
      release();
      return code + 5;
    }
    return prefix == PF2 && second == 0 && zero(first) ? code + 5 : NULL;
  }
  address place;
  if (!decode_address(code + 4, x, b, r, &place)) return NULL;
  if (opcode == 0x49 && prefix == NONE && first == 0) {
    return load_configuration(place.base + place.index) ? place.end : NULL;
  }
  if (opcode != 0x4B || second != 4) return NULL;
  if (prefix == PF2 || prefix == P66) {
    return load_tile(first, place.base, place.index) ? place.end : NULL;
  }
  return prefix == PF3 && store_tile(first, place.base, place.index) ? place.end : NULL;
}

static struct sigaction others;

static void catch_illegal(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)info;
  greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
  const uint8_t *end = carry_out((const uint8_t *)r[REG_RIP], r);
  if (end) {
    state.count++;
    r[REG_RIP] = (greg_t)end;
  } else {
    // The instruction again, as if nobody had caught it.
    sigaction(SIGILL, &others, NULL);
  }
}

__attribute__((constructor)) static void install(void) {
  if (tk_at_level(TK_LEVEL_AMX)) return;
  struct sigaction action = {.sa_sigaction = catch_illegal, .sa_flags = SA_SIGINFO};
  if (sigaction(SIGILL, &action, &others) == 0) tk_emulates_amx = true;
}
#else
#include "CTileEmulation.h"

bool tile_emulation_is_active(void) { return false; }

int64_t tile_emulation_count(void) { return 0; }
#endif
