// MicroOcpp 1.2.0: what it prints. As it is where MO_DBG_LEVEL=MO_DL_WARN.
#pragma once

#define MO_DL_WARN 0x02
#define MO_DBG_LEVEL MO_DL_WARN
