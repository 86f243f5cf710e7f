//! Work that is a pure function of the frame, on the GPU where there is one, and on the CPU by twins that read line for line like the kernels.

pub mod device;
