#include "controller_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "charger/charger.h"
#include "exit_codes.h"
#include "fram_file.h"
#include "link/client.h"
#include "socket_stream.h"

namespace evse::host {

namespace {

constexpr char kName[] = "evseloop firmware";

// Display and lamp go along with the next answer, and are no reason for one.
bool differ(const Outputs& a, const Outputs& b) {
  return a.pilot_mode != b.pilot_mode || a.pilot_duty_ppm != b.pilot_duty_ppm ||
         a.contactor_main != b.contactor_main || a.contactor_l2l3 != b.contactor_l2l3 ||
         a.lock != b.lock || a.residual_test != b.residual_test || a.ventilation != b.ventilation;
}

// Runs the ticks of one grant, and comes back as soon as anything has changed.
bool answer(link::Client& client, Charger& charger, const link::Grant& grant, uint32_t phase_us) {
  charger.command(grant.command[0]);
  const Outputs outputs_were = charger.controller().outputs();
  const uint32_t revision_was = charger.controller().revision();
  uint64_t tick_us = link::Client::first_tick(grant.from_us, phase_us);
  uint8_t changed = 0;
  for (;; tick_us += link::kTickUs) {
    const Outputs& outputs = charger.tick(tick_us, grant.inputs[0]);
    if (differ(outputs, outputs_were)) changed |= link::kOutputsChanged;
    if (charger.controller().revision() != revision_was) changed |= link::kReportChanged;
    if (changed != 0 || tick_us + link::kTickUs >= grant.until_us) break;
  }
  const Controller& controller = charger.controller();
  return client.reply(tick_us, changed, controller.revision(), &controller.outputs(),
                      &controller.report());
}

// A controller without power does nothing any more, and waits to be killed.
void without_power(link::Client& client, link::Grant& grant) {
  while (client.next(grant) != link::Next::Gone) {
  }
}

}  // namespace

int run_controller(const char* nvm) {
  FramFile fram;
  if (!fram.open(nvm)) {
    fprintf(stderr, "%s: no non-volatile memory in %s: %s\n", kName, nvm, strerror(errno));
    return kBadUse;
  }
  SocketStream stream(STDIN_FILENO);
  link::Client client(stream, 1);
  link::Welcome welcome;
  if (!client.greet(kName, welcome)) {
    const char* why = client.refusal();
    fprintf(stderr, "%s: no link: %s\n", kName,
            *why != '\0' ? why : "standard input is no socket with a twin behind it");
    return kNoLink;
  }
  Charger charger(fram, welcome.hardware[0], 0);
  charger.boot(welcome.now_us, welcome.register_mwh[0]);
  link::Grant grant;
  for (;;) {
    switch (client.next(grant)) {
      case link::Next::Grant:
        if (!answer(client, charger, grant, welcome.phase_us)) return 0;
        break;
      case link::Next::PowerCut:
        without_power(client, grant);
        return 0;
      case link::Next::Gone:
        return 0;
    }
  }
}

}  // namespace evse::host
