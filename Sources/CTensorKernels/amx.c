// Sixteen lanes, and products of bf16 in tiles: AVX-512 and AMX.
#if defined(__x86_64__)

#define LANES 16
#define TILE_ROWS 12
#define HAS_FMA 1
#define HAS_BF16 1
#define HAS_TILES 1
#define LEVEL TK_LEVEL_AMX
#define LEVEL_NAME "amx"
#define TABLE tk_amx

#include "CTensorKernels.h"
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define FEATURES "avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16,fma"
#define TARGET __attribute__((target(FEATURES)))
#pragma clang attribute push(TARGET, apply_to = function)
// In the order of their dependencies.
#include "lanes/vector.h"
#include "lanes/pairs.h"
#include "lanes/gemm.h"
#include "lanes/attention.h"
#include "lanes/attention-backward.h"
#include "lanes/rows.h"
#include "lanes/elements.h"
#include "lanes/table.h"

#pragma clang attribute pop
#endif
