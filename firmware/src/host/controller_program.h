// One EVSE at the co-simulation link.
#pragma once

namespace evse::host {

// Runs until the link ends; `nvm` is the directory of the non-volatile memory. Returns the exit
// code.
int run_controller(const char* nvm);

}  // namespace evse::host
