// Kernels of OpenBLAS for processors that it does not know.
//
// A build for many processors ("DYNAMIC_ARCH") looks up the processor's model when it is loaded. For a model that is newer than
// the build it takes kernels without AVX, called Prescott, which are several times slower. NNBlas asks for those that the
// processor's instructions allow, before main and once, unless OPENBLAS_CORETYPE says what to take, or threads run besides
// OpenBLAS's own.
#ifndef NNBLAS_COPENBLAS_H
#define NNBLAS_COPENBLAS_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

// The name of faster kernels than those found, or null where OpenBLAS has made a choice, or nothing else would run.
const char *_Nullable nnblas_faster_core(const char *found, bool has_avx2, bool has_avx512);

// The name of the kernels with the widest instructions that this processor allows, or null where it has no AVX2.
const char *_Nullable nnblas_widest_core(void);

// Makes OpenBLAS use the kernels of a name as OPENBLAS_CORETYPE has it; false where it cannot. Nobody may be computing.
bool nnblas_use_core(const char *core);

// The kernels that OpenBLAS had found where NNBlas asked for others, else null.
const char *_Nullable nnblas_replaced_core(void);

#pragma clang assume_nonnull end

#endif
