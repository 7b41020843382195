#include "controller_program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "charger/charger.h"
#include "exit_codes.h"
#include "fram_faults.h"
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

// One EVSE, and what it drives and says as far as anybody can know.
//
// A memory that takes its time (`FramFaults`) keeps the controller from its ticks, as flash does on
// a board while a sector is erased: the tick that wrote has driven its outputs by then, and the next
// one that is run is that much later. With a contactor closed nothing is written that could take time
// (docs/decisions, "Nothing is written to the chip's flash while the contactor is closed").
class Seat {
 public:
  Seat(Charger& charger, FramFaults& fram) : charger_(charger), fram_(fram) { show(); }

  void command(const Command& command) { charger_.command(command); }

  void tick(uint64_t tick_us, const Inputs& in) {
    if (tick_us < busy_until_us_) return;
    const bool was_open = open(outputs_, in);
    const bool failed = charger_.memory_fails();
    charger_.tick(tick_us, in);
    show();
    charger_.keep(tick_us);
    if (charger_.memory_fails() && !failed) {
      fprintf(stderr, "%s: the non-volatile memory takes nothing; tried again\n", kName);
    }
    const uint64_t taken_us = fram_.taken_us();
    busy_until_us_ = was_open && open(outputs_, in) ? tick_us + taken_us : 0;
  }

  const Outputs& outputs() const { return outputs_; }
  const Report& report() const { return report_; }
  uint32_t revision() const { return revision_; }

 private:
  static bool open(const Outputs& outputs, const Inputs& in) {
    return !outputs.contactor_main && !outputs.contactor_l2l3 && in.mirror_main_open &&
           in.mirror_l2l3_open;
  }

  void show() {
    outputs_ = charger_.controller().outputs();
    report_ = charger_.controller().report();
    revision_ = charger_.controller().revision();
  }

  Charger& charger_;
  FramFaults& fram_;
  uint64_t busy_until_us_ = 0;
  Outputs outputs_;
  Report report_;
  uint32_t revision_ = 0;
};

// Runs the ticks of one grant, and comes back as soon as anything has changed.
bool answer(link::Client& client, Seat& seat, const link::Grant& grant, uint32_t phase_us) {
  seat.command(grant.command[0]);
  const Outputs outputs_were = seat.outputs();
  const uint32_t revision_was = seat.revision();
  uint64_t tick_us = link::Client::first_tick(grant.from_us, phase_us);
  uint8_t changed = 0;
  for (;; tick_us += link::kTickUs) {
    seat.tick(tick_us, grant.inputs[0]);
    if (differ(seat.outputs(), outputs_were)) changed |= link::kOutputsChanged;
    if (seat.revision() != revision_was) changed |= link::kReportChanged;
    if (changed != 0 || tick_us + link::kTickUs >= grant.until_us) break;
  }
  return client.reply(tick_us, changed, seat.revision(), &seat.outputs(), &seat.report());
}

// What somebody who opens the charger has to know of its register.
void say(const FramFile& fram, store::Found found, int64_t register_mwh) {
  const char* what = nullptr;
  switch (found) {
    case store::Found::Record:
      return;
    case store::Found::Blank:
      if (!fram.was_there()) return;  // it is new
      what = "is blank";
      break;
    case store::Found::Damage:
      what = "holds no whole record";
      break;
    case store::Found::Silence:
      what = "does not answer, and is not written to until the next start";
      break;
  }
  fprintf(stderr, "%s: the non-volatile memory %s: the register begins at %lld mWh\n", kName, what,
          static_cast<long long>(register_mwh));
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
  if (fram.had_another_size()) fprintf(stderr, "%s: fram.bin had another size\n", kName);
  FramFaults failing(fram);
  if (!failing.take_orders(nvm)) {
    fprintf(stderr, "%s: %s\n", kName, failing.wrong());
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
  Charger charger(failing, welcome.hardware[0], 0);
  say(fram, charger.boot(welcome.now_us, welcome.register_mwh[0]), welcome.register_mwh[0]);
  Seat seat(charger, failing);
  link::Grant grant;
  for (;;) {
    switch (client.next(grant)) {
      case link::Next::Grant:
        if (!answer(client, seat, grant, welcome.phase_us)) return 0;
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
