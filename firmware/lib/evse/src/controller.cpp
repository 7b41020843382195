#include "evse/controller.h"

#include "evse/limits.h"
#include "evse/transitions.h"

namespace evse {

namespace {

// More than any chain of moves in one tick: Faulted, Idle, Plugged, Offering, Testing, Charging.
constexpr int kRounds = 8;

}  // namespace

Controller::Controller(const Hardware& hardware)
    : hardware_(hardware),
      lines_(hardware.phases == 3 ? 3 : 1),
      cycles_(lines_),
      proximity_(lines_),
      supply_(lines_),
      lock_(hardware.kind == Kind::Socket && hardware.lock),
      meter_(lines_) {}

void Controller::reset(uint64_t now_us, const Memory& memory) {
  const Permission permission = permission_;
  const uint32_t revision = revision_;
  const uint32_t memory_revision = memory_revision_;
  *this = Controller(hardware_);
  permission_ = permission;
  revision_ = revision;
  memory_revision_ = memory_revision;
  sensors_ = Sensors(now_us);
  faults_.reset(now_us, memory);
  meter_.reset(memory);
  now_us_ = phase_us_ = steady_us_ = now_us;
  // What the register catches up with is saved at once: resets in a row keep nothing back.
  saved_us_ = now_us - kSaveUs;
  saved_mwh_ = memory.energy_mwh;
}

bool Controller::offering() const {
  return phase_ == Phase::Offering || phase_ == Phase::Testing || phase_ == Phase::Charging;
}

bool Controller::mirrors_open(const Inputs& in) const {
  return in.mirror_main_open && (lines_ == 1 || in.mirror_l2l3_open);
}

uint8_t Controller::wanted_phases() const {
  return lines_ == 3 && permission_.command().phases == 3 ? 3 : 1;
}

uint32_t Controller::target_ma() const {
  uint32_t ma = permission_.command().limit_ma;
  if (ma > hardware_.rating_ma) ma = hardware_.rating_ma;
  if (socket() && ma > proximity_.rating_ma()) ma = proximity_.rating_ma();
  if (ma > kMostOfferMa) ma = kMostOfferMa;
  if (ma < kLeastOfferMa) return 0;
  return temperature_.derated_ma(ma);
}

const Outputs& Controller::tick(uint64_t now_us, const Inputs& in) {
  now_us_ = now_us;
  observe(in);
  watch(in);
  const uint32_t held = faults_.held();
  faults_.tick(now_us, causes(), view_.gone, permission_.take_acknowledgement());
  if (faults_.held() != held) ++memory_revision_;
  for (int round = 0; round < kRounds; ++round) {
    const Phase next = follows(phase_, look(in));
    const bool moved = next != phase_;
    if (moved) move(next);
    drive(in);
    if (!moved) break;
  }
  save_if_due();
  tell(in);
  return outputs_;
}

// What the pins show, filtered.
void Controller::observe(const Inputs& in) {
  cycles_.tick(in);
  meter_.tick(in);
  temperature_.tick(in);
  if (plain()) {
    permission_.tick(in, false, false);
    permission_.watch_plain(now_us_, cycles_.highest_current_ma(), phase_ == Phase::Charging);
    const bool given = permission_.given();
    view_ = {given ? PilotState::C : PilotState::A, given, !given, true};
    return;
  }
  wake_up_.tick(now_us_, phase_ == Phase::Offering && view_.state == PilotState::B);
  // In state F the generator makes no upper plateau: what may be read there is noise.
  const bool in_f = outputs_.pilot_mode == PilotMode::SteadyNegative;
  pilot_.tick(now_us_, in, in_f);
  diode_.tick(now_us_, in, outputs_.pilot_mode == PilotMode::Pwm, pilot_.vehicle_now());
  if (socket()) proximity_.tick(now_us_, in, pilot_.vehicle_now(), pilot_.vehicle());
  view_ = {pilot_.state(), pilot_.vehicle(), pilot_.gone(), pilot_.looked()};
  if (view_.gone) vehicle_saw_pwm_ = false;
  // Nor does anybody know in F, and until it has been looked at again, whether it is still gone.
  const bool gone = view_.gone && view_.looked;
  permission_.tick(in, gone, socket() ? !proximity_.present() : gone);
}

// What of it may be a fault.
void Controller::watch(const Inputs& in) {
  supply_.tick(now_us_, in, cycles_);
  sensors_.tick(now_us_, in, outputs_.pilot_mode, !plain(), cycles_.present(), supply_.settled());
  residual_.tick(now_us_, in);
  main_guard_.tick(now_us_, outputs_.contactor_main, in.mirror_main_open, in.supply_present);
  if (lines_ == 3) {
    l2l3_guard_.tick(now_us_, outputs_.contactor_l2l3, in.mirror_l2l3_open, in.supply_present);
  }
  earth_lost_.lasts(!in.earth_sense, now_us_, kEarthUs);
  over_current_.tick(now_us_, cycles_.highest_current_ma(), closing());
  ventilated_long_ = ventilated_.lasts(outputs_.ventilation, now_us_, kVentilationFirstUs);
}

uint32_t Controller::causes() const {
  const bool unventilated =
      view_.state == PilotState::D && permission_.given() && !hardware_.ventilation;
  return supply_.causes() | bit_if(pilot_.state() == PilotState::E, FaultCode::PilotShorted) |
         bit_if(diode_.missing(), FaultCode::DiodeMissing) |
         bit_if(proximity_.invalid(), FaultCode::ProximityInvalid) |
         bit_if(earth_lost_.lasted(), FaultCode::EarthLost) |
         bit_if(residual_.tripped(), FaultCode::ResidualCurrent) |
         bit_if(residual_.failed(), FaultCode::ResidualTestFailed) |
         bit_if(main_guard_.welded() || l2l3_guard_.welded(), FaultCode::ContactorWelded) |
         bit_if(main_guard_.stuck_open() || l2l3_guard_.stuck_open(),
                FaultCode::ContactorStuckOpen) |
         bit_if(over_current_.over(), FaultCode::OverCurrent) |
         bit_if(over_current_.shorted(), FaultCode::ShortCircuit) |
         bit_if(temperature_.too_hot(), FaultCode::OverTemperature) |
         bit_if(sensors_.lost(), FaultCode::SensorLost) |
         bit_if(lock_.failed(), FaultCode::LockFailed) |
         bit_if(unventilated, FaultCode::VentilationUnavailable);
}

// Too hot is a soft stop up to a limit, and beyond it none.
bool Controller::opens_at_once() const {
  const bool hot = (faults_.held() & kCooling) != 0 && temperature_.open_at_once();
  return faults_.at_once() != 0 || hot;
}

// What moves the process now.
uint32_t Controller::look(const Inputs& in) {
  const bool down = phase_ == Phase::Stopping && drawn_down();
  const bool opens = !closing() || down || opens_at_once();
  const bool sound = faults_.held() == 0;
  const bool available = permission_.command().available;
  const bool in_f = outputs_.pilot_mode == PilotMode::SteadyNegative;
  using S = Stimulus;
  uint32_t stimuli =
      stimulus_if(view_.gone, S::VehicleGone) | stimulus_if(view_.vehicle, S::PluggedIn) |
      stimulus_if(view_.state == PilotState::B, S::AsksNoMore) |
      stimulus_if(sound && available && !in_f && view_.looked, S::Released) |
      stimulus_if(sound && !available, S::OutOfService) | stimulus_if(down, S::DrawnDown);
  if (!sound) {
    stimuli |= stimulus_if(opens && faults_.latched() != 0, S::FaultLatched) |
               stimulus_if(opens && faults_.healing() != 0, S::FaultHealing) |
               stimulus_if(faults_.soft() != 0, S::FaultSoft);
  }
  if (phase_ == Phase::Plugged || offering()) stimuli |= look_at_offer(in);
  return stimuli;
}

uint32_t Controller::look_at_offer(const Inputs& in) {
  target_ma_ = target_ma();
  const bool wanted = permission_.given() && target_ma_ != 0 && permission_.command().available;
  const bool asks =
      view_.state == PilotState::C || (view_.state == PilotState::D && hardware_.ventilation);
  using S = Stimulus;
  if (phase_ == Phase::Plugged) {
    const bool rested = plain() || !vehicle_saw_pwm_ || now_us_ - steady_us_ >= kSteadyUs;
    return stimulus_if(wanted && view_.vehicle && lock_.home() && rested, S::Offerable);
  }
  return stimulus_if(!wanted || wanted_phases() != offered_phases_, S::Withdrawn) |
         stimulus_if(asks && !wake_up_.running(), S::Asked) |
         stimulus_if(phase_ == Phase::Testing && checked(in), S::Checked);
}

// All that closing waits for (IEC 61851-1 clause 6.3.1 and Table A.6 sequence 4).
bool Controller::checked(const Inputs& in) {
  const bool diode = plain() || (outputs_.pilot_mode == PilotMode::Pwm && diode_.proven());
  const bool cable = !socket() || proximity_.rating_ma() != 0;
  const bool ventilated = view_.state != PilotState::D || ventilated_long_;
  return mirrors_open(in) && residual_.passed(now_us_) && !in.residual_trip && diode &&
         in.earth_sense && supply_.good() && sensors_.good() && cable && lock_.home() && ventilated;
}

bool Controller::drawn_down() {
  return plain() || view_.state == PilotState::B ||
         cycles_.highest_current_ma() < kDrawnDownMa || now_us_ - phase_us_ >= kStubbornUs;
}

void Controller::move(Phase next) {
  const Phase from = phase_;
  const bool was_closed = closing();
  const bool soft = from == Phase::Stopping ? !opens_at_once() && next != Phase::Idle
                                            : plain() && next == Phase::Idle;
  phase_ = next;
  phase_us_ = now_us_;
  if (was_closed && !closing()) {
    last_stop_ = soft ? StopKind::Soft : StopKind::Immediate;
    ++memory_revision_;
  }
  if (from == Phase::Plugged && next == Phase::Offering) {
    offered_phases_ = wanted_phases();
    offer_.begin(now_us_, target_ma_);
    wake_up_.arm(now_us_);
  }
  if (next == Phase::Offering) test_due_ = !residual_.passed(now_us_);
  // A vehicle that asks is not asleep.
  if (next != Phase::Offering) wake_up_.disarm();
  if (next == Phase::Charging) {
    residual_.closes();
    over_current_.closes(now_us_);
  }
  // One that comes while others stand shows nothing new to the vehicle, which has no offer.
  if (faulted() && from != Phase::Recovering && from != Phase::Faulted) {
    state_f_due_ = (faults_.held() & ~kWithoutStateF) != 0;
  }
  if (!offering()) {
    offer_.end();
    residual_.abort_test(now_us_);
    test_due_ = false;
  }
}

}  // namespace evse
