// The OCPP side of a charger at the business link.
#pragma once

namespace evse::host {

// Runs until the link ends; `nvm` is the directory of the non-volatile memory and of
// `settings.json`. Returns the exit code.
int run_ocpp(const char* nvm);

}  // namespace evse::host
