/// AMX in software, for tests where the CPU has none.
///
/// Linked in, it catches the illegal instructions that AMX-TILE and AMX-BF16 are to such a CPU,
/// does what Intel's manual says of each (Software Developer's Manual, volume 2, and volume 1,
/// chapter 18), and goes on after it: the code under test is the code that ships. What the manual
/// calls a fault stays an illegal instruction. Where there is AMX, it does nothing.
#ifndef C_TILE_EMULATION_H
#define C_TILE_EMULATION_H

#include <stdbool.h>
#include <stdint.h>

/// Whether it stands in for a CPU without AMX.
bool tile_emulation_is_active(void);

/// Instructions carried out by this thread so far.
int64_t tile_emulation_count(void);

#endif
