"""Builds a program with the compiler of this machine. Run by PlatformIO, through SCons."""

from SCons.Script import AlwaysBuild, Default, DefaultEnvironment

env = DefaultEnvironment()
env.Tool("gcc")
env.Tool("g++")
env.Tool("gnulink")
env.Tool("ar")
# PlatformIO hands the linker its own idea of a program's name and suffix.
env.Replace(PROGNAME="program", PROGSUFFIX="")

program = env.BuildProgram()
AlwaysBuild(env.Alias("buildprog", program, program))
AlwaysBuild(env.Alias("upload", program, 'echo "this machine is the board: run $SOURCE"'))
Default([program])
