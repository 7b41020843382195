# Reset: a stack painted so that its depth can be read off, no .data to copy (it is loaded), main.
    .section .text.start
    .globl _start
_start:
    la sp, stack_top
    la t0, stack_bottom
    li t1, 0x5AA5A55A
1:  sw t1, 0(t0)
    addi t0, t0, 4
    bltu t0, sp, 1b
    la t0, bss_begin
    la t1, bss_end
2:  bgeu t0, t1, 3f
    sw zero, 0(t0)
    addi t0, t0, 4
    j 2b
3:  call main
4:  j 4b
