// Four lanes: what every 64-bit target has.
#if defined(__aarch64__)
#define FMA_IN_BASELINE 1
#else
#define FMA_IN_BASELINE 0
#endif

#define LANES 4
#define TILE_ROWS 4
#define HAS_FMA FMA_IN_BASELINE
#define HAS_BF16 0
#define HAS_TILES 0
#define LEVEL TK_LEVEL_PORTABLE
#define LEVEL_NAME "portable"
#define TABLE tk_portable

#include "CTensorKernels.h"
#include <math.h>
#include <string.h>

// In the order of their dependencies.
#include "lanes/vector.h"
#include "lanes/gemm.h"
#include "lanes/attention.h"
#include "lanes/attention-backward.h"
#include "lanes/rows.h"
#include "lanes/elements.h"
#include "lanes/table.h"
