#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer as a library; `-sanitize=fuzzer` links it.
int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*test)(const uint8_t *start, size_t count));

#endif
