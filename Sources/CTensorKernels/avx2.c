// Eight lanes: AVX2 with FMA.
#if defined(__x86_64__)

#define LANES 8
#define TILE_ROWS 6
#define HAS_FMA 1
#define HAS_BF16 0
#define HAS_TILES 0
#define LEVEL TK_LEVEL_AVX2
#define LEVEL_NAME "avx2"
#define TABLE tk_avx2

#include "CTensorKernels.h"
#include <immintrin.h>
#include <math.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))
#pragma clang attribute push(TARGET, apply_to = function)
// In the order of their dependencies.
#include "lanes/vector.h"
#include "lanes/gemm.h"
#include "lanes/attention.h"
#include "lanes/attention-backward.h"
#include "lanes/rows.h"
#include "lanes/elements.h"
#include "lanes/table.h"

#pragma clang attribute pop
#endif
