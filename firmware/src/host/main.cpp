// The charger's firmware, built for this machine: one EVSE at the co-simulation link, or the OCPP
// side of a charger at the business link. On a board they are two tasks; here, two programs.
//
// The link is standard input, a connected socket. `--nvm DIR` holds the non-volatile memory.
#include <stdio.h>
#include <string.h>

#include "controller_program.h"
#include "exit_codes.h"
#include "ocpp_program.h"

int main(int count, char** arguments) {
  const bool ocpp = count == 4 && strcmp(arguments[1], "--ocpp") == 0;
  const int at = ocpp ? 2 : 1;
  if (count != at + 2 || strcmp(arguments[at], "--nvm") != 0) {
    fprintf(stderr, "use: %s [--ocpp] --nvm DIR, with a link of the twin as standard input\n",
            arguments[0]);
    return evse::host::kBadUse;
  }
  const char* nvm = arguments[at + 1];
  return ocpp ? evse::host::run_ocpp(nvm) : evse::host::run_controller(nvm);
}
