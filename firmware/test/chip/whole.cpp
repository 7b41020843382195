// One EVSE and the OCPP client in one image, so that its size can be read off. It does not run: the
// C library and the platform are left open.
#include "charger/charger.h"
#include "front_end/mains_blocks.h"
#include "front_end/pilot_duty.h"
#include "front_end/pilot_sampler.h"
#include "front_end/thermistor.h"
#include "ocpp/ocpp_client.h"

using namespace evse;

extern hal::Transport& transport;
extern hal::Fram& fram;
extern hal::Clock& clock_of_board;
extern ocpp::EventLog& log_of_board;
extern const ocpp::Settings& settings;
extern const Hardware& hardware;
extern const Command& command_of_console;
extern Inputs& inputs;
extern Outputs& outputs;
extern uint64_t now_us;
extern uint32_t code;

extern "C" void _start() {
  static Charger charger(fram, hardware, 0);
  static front_end::PilotSampler pilot(12000);
  static front_end::MainsBlocks mains(3, 64);
  static OcppClient client(settings, transport, fram, clock_of_board, log_of_board);
  charger.boot(now_us, 0);
  for (;;) {
    pilot.feed(static_cast<uint16_t>(code));
    mains.voltage(0, static_cast<uint16_t>(code), now_us);
    mains.current(0, static_cast<uint16_t>(code));
    mains.read(now_us, inputs);
    inputs.pilot_high_mv = pilot.high_mv();
    inputs.temperature_valid = front_end::thermistor_cc(code, inputs.temperature_contactor_cc);
    charger.command(client.reset_wanted() == ResetWanted::None ? client.command(1)
                                                               : command_of_console);
    outputs = charger.tick(now_us, inputs);
    code = front_end::pilot_duty_steps(outputs.pilot_duty_ppm);
    charger.keep(now_us);
    client.report(now_us, 1, charger.controller().report());
    client.present_tag(now_us, 1, "");
    now_us = client.poll(now_us);
  }
}
