// What the charging process says of itself, and what it wants kept.
#include "evse/controller.h"
#include "evse/limits.h"

namespace evse {

void Controller::save_if_due() {
  const int64_t energy_mwh = meter_.energy_mwh();
  if (energy_mwh == saved_mwh_ || now_us_ - saved_us_ < kSaveUs) return;
  saved_mwh_ = energy_mwh;
  saved_us_ = now_us_;
  ++memory_revision_;
}

Memory Controller::memory() const {
  Memory memory;
  memory.energy_mwh = meter_.energy_mwh();
  memory.converter_mws = meter_.converter_mws();
  memory.welded = (faults_.held() & bit(FaultCode::ContactorWelded)) != 0;
  for (int i = 0; i < Memory::kLog; ++i) memory.log[i] = faults_.log()[i];
  return memory;
}

namespace {

// Takes a value over, and notes that it is another one.
template <typename Value>
void tell_of(Value& told, Value value, bool& changed) {
  if (told == value) return;
  told = value;
  changed = true;
}

}  // namespace

void Controller::tell(const Inputs& in) {
  bool changed = false;
  const bool in_f = outputs_.pilot_mode == PilotMode::SteadyNegative;
  const PilotState state = in_f ? PilotState::F : view_.state;
  tell_of(report_.phase, phase_, changed);
  tell_of(report_.state, state, changed);
  // A shorted pilot says nothing of who is plugged in, and in state F it is as it was seen last.
  if (view_.vehicle || view_.gone) tell_of(report_.plugged, view_.vehicle, changed);
  tell_of(report_.vehicle_ready, state == PilotState::C || state == PilotState::D, changed);
  tell_of(report_.closed, outputs_.contactor_main || !mirrors_open(in), changed);
  tell_of(report_.locked, socket() && hardware_.lock && in.lock_feedback, changed);
  // A plain socket offers what it may give, by no pilot.
  const bool offered = outputs_.pilot_mode == PilotMode::Pwm || plain();
  tell_of(report_.offered_ma, offered ? offer_.current_ma() : 0, changed);
  // A fixed cable is one that the charger was rated with.
  tell_of(report_.cable_rating_ma, socket() ? proximity_.rating_ma() : hardware_.rating_ma,
          changed);
  tell_of(report_.last_stop, last_stop_, changed);
  tell_of(report_.faults, faults_.held(), changed);
  if (changed) ++revision_;
  tell_measured(in);
  display_.tick(now_us_, report_, outputs_);
}

// Measured values are told of when something else is.
void Controller::tell_measured(const Inputs& in) {
  report_.energy_mwh = meter_.energy_mwh();
  report_.frequency_mhz = in.frequency_mhz > 0 ? static_cast<uint32_t>(in.frequency_mhz) : 0;
  report_.temperature_cc = temperature_.hottest_cc();
  if (cycles_.sequence() == shown_cycle_) return;
  shown_cycle_ = cycles_.sequence();
  for (int i = 0; i < lines_; ++i) {
    report_.voltage_mv[i] = static_cast<int32_t>(cycles_.line(i).voltage_mv);
    report_.current_ma[i] = static_cast<int32_t>(cycles_.line(i).current_ma);
    report_.power_mw[i] = cycles_.line(i).power_mw;
  }
}

}  // namespace evse
