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
  // Assigning a new one would need every member to be assignable: the hardware is not.
  cycles_ = Cycles(lines_);
  pilot_ = Pilot();
  diode_ = Diode();
  proximity_ = Proximity(lines_);
  temperature_ = Temperature();
  sensors_ = Sensors(now_us);
  supply_ = Supply(lines_);
  residual_ = Residual();
  main_guard_ = ContactorGuard();
  l2l3_guard_ = ContactorGuard();
  over_current_ = OverCurrent();
  lock_ = Lock(socket() && hardware_.lock);
  offer_ = Offer();
  wake_up_ = WakeUp();
  display_ = Display();
  earth_lost_ = Sustained();
  little_current_ = Sustained();
  ventilated_ = Sustained();
  permission_ = permission;
  faults_.reset(now_us, memory);
  meter_.reset(memory);
  now_us_ = phase_us_ = steady_us_ = saved_us_ = now_us;
  view_ = View();
  phase_ = Phase::Idle;
  state_f_due_ = memory.welded;
  state_f_shown_ = test_due_ = ventilated_long_ = false;
  vehicle_saw_pwm_ = true;
  offered_phases_ = 0;
  last_stop_ = StopKind::None;
  saved_mwh_ = memory.energy_mwh;
  shown_cycle_ = 0;
  outputs_ = Outputs();
  report_ = Report();
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
  if ((faults_.raised() & ~kWithoutStateF) != 0) state_f_due_ = true;
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
  pilot_.tick(now_us_, in, in_f || wake_up_.running());
  diode_.tick(now_us_, in, outputs_.pilot_mode == PilotMode::Pwm, pilot_.vehicle_now());
  if (socket()) proximity_.tick(now_us_, in, pilot_.vehicle_now(), pilot_.vehicle());
  view_ = {pilot_.state(), pilot_.vehicle(), pilot_.gone(), pilot_.looked()};
  if (view_.gone) vehicle_saw_pwm_ = false;
  permission_.tick(in, view_.gone, socket() ? !proximity_.present() : view_.gone);
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
  const bool little = phase_ == Phase::Stopping && cycles_.highest_current_ma() < kDrawnDownMa;
  little_current_.lasts(little, now_us_, kDrawnDownUs);
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

// What moves the process now.
uint32_t Controller::look(const Inputs& in) {
  const bool down = phase_ == Phase::Stopping && drawn_down();
  const bool hot = (faults_.held() & kCooling) != 0 && temperature_.open_at_once();
  const bool opens = !closing() || down || faults_.at_once() != 0 || hot;
  const bool available = permission_.command().available;
  const bool in_f = outputs_.pilot_mode == PilotMode::SteadyNegative;
  const bool released = faults_.held() == 0 && available && !in_f && view_.looked;
  const uint32_t target = target_ma();
  const bool wanted = permission_.given() && target != 0 && available;
  const bool asks = view_.state == PilotState::C ||
                    (view_.state == PilotState::D && hardware_.ventilation);
  const bool rested = !vehicle_saw_pwm_ || now_us_ - steady_us_ >= kSteadyUs;
  using S = Stimulus;
  return stimulus_if(opens && faults_.latched() != 0, S::FaultLatched) |
         stimulus_if(opens && faults_.healing() != 0, S::FaultHealing) |
         stimulus_if(view_.gone, S::VehicleGone) |
         stimulus_if(faults_.soft() != 0, S::FaultSoft) | stimulus_if(released, S::Released) |
         stimulus_if(!available && faults_.held() == 0, S::OutOfService) |
         stimulus_if(view_.vehicle, S::PluggedIn) |
         stimulus_if(!wanted || wanted_phases() != offered_phases_, S::Withdrawn) |
         stimulus_if(view_.state == PilotState::B, S::AsksNoMore) |
         stimulus_if(down, S::DrawnDown) |
         stimulus_if(asks && !wake_up_.running(), S::Asked) |
         stimulus_if(phase_ == Phase::Testing && checked(in), S::Checked) |
         stimulus_if(wanted && view_.vehicle && lock_.home() && (plain() || rested), S::Offerable);
}

// All that closing waits for (IEC 61851-1 clause 6.3.1 and Table A.6 sequence 4).
bool Controller::checked(const Inputs& in) {
  const bool diode = plain() || (outputs_.pilot_mode == PilotMode::Pwm && diode_.proven());
  const bool cable = !socket() || proximity_.present();
  const bool ventilated = view_.state != PilotState::D || ventilated_long_;
  return mirrors_open(in) && residual_.passed(now_us_) && !in.residual_trip && diode &&
         in.earth_sense && supply_.good() && sensors_.good() && cable && lock_.home() && ventilated;
}

bool Controller::drawn_down() {
  return plain() || view_.state == PilotState::B || little_current_.lasted() ||
         now_us_ - phase_us_ >= kStubbornUs;
}

void Controller::move(Phase next) {
  const Phase from = phase_;
  const bool was_closed = closing();
  const bool soft = from == Phase::Stopping ? faults_.at_once() == 0 && next != Phase::Idle
                                            : plain() && next == Phase::Idle;
  phase_ = next;
  phase_us_ = now_us_;
  if (was_closed && !closing()) {
    last_stop_ = soft ? StopKind::Soft : StopKind::Immediate;
    ++memory_revision_;
  }
  if (from == Phase::Plugged && next == Phase::Offering) {
    offered_phases_ = wanted_phases();
    offer_.begin(now_us_, target_ma());
    wake_up_.arm(now_us_);
  }
  if (next == Phase::Offering) test_due_ = !residual_.passed(now_us_);
  // A vehicle that asks is not asleep.
  if (next != Phase::Offering) wake_up_.disarm();
  if (next == Phase::Charging) {
    residual_.closes();
    over_current_.closes(now_us_);
  }
  little_current_.clear();
  if (!offering()) {
    offer_.end();
    residual_.abort_test(now_us_);
    test_due_ = false;
  }
}

void Controller::test_residual(const Inputs& in) {
  // As soon as an offer begins, and again where the vehicle asks too late for that one.
  const bool late = phase_ == Phase::Testing && !residual_.passed(now_us_);
  if ((test_due_ || late) && !residual_.testing() && !outputs_.contactor_main && mirrors_open(in)) {
    residual_.begin_test(now_us_);
    test_due_ = false;
  }
  outputs_.residual_test = residual_.injects();
}

PilotMode Controller::pilot_mode() const {
  if (plain()) return PilotMode::SteadyPositive;
  switch (phase_) {
    case Phase::Offering:
    case Phase::Testing:
    case Phase::Charging:
      return wake_up_.running() ? wake_up_.mode() : PilotMode::Pwm;
    case Phase::Idle:
    case Phase::Plugged:
    case Phase::Stopping:
      return PilotMode::SteadyPositive;
    case Phase::Unavailable:
    case Phase::Recovering:
    case Phase::Faulted:
      break;
  }
  const bool shown = !permission_.command().available || state_f_shown_;
  return shown ? PilotMode::SteadyNegative : PilotMode::SteadyPositive;
}

void Controller::drive_pilot() {
  const bool faulted = phase_ == Phase::Recovering || phase_ == Phase::Faulted;
  if (faulted && state_f_due_) {
    state_f_due_ = false;
    state_f_shown_ = true;
    state_f_us_ = now_us_;
  } else if (phase_ == Phase::Unavailable && !permission_.command().available) {
    if (!state_f_shown_) state_f_us_ = now_us_;
    state_f_shown_ = true;
  } else if (now_us_ - state_f_us_ >= kStateFUs) {
    state_f_shown_ = false;
  }
  const PilotMode mode = pilot_mode();
  if (mode == PilotMode::SteadyPositive && outputs_.pilot_mode != mode) steady_us_ = now_us_;
  outputs_.pilot_mode = mode;
  const bool pwm = mode == PilotMode::Pwm;
  if (pwm) vehicle_saw_pwm_ = true;
  outputs_.pilot_duty_ppm = pwm ? static_cast<int32_t>(offer_.duty()) : 1000000;
}

void Controller::drive(const Inputs& in) {
  if (offering() && !plain()) offer_.follow(now_us_, target_ma());
  over_current_.limit(now_us_, plain() ? hardware_.rating_ma : offer_.current_ma());
  drive_pilot();
  outputs_.contactor_main = closing();
  outputs_.contactor_l2l3 = closing() && offered_phases_ == 3;
  test_residual(in);
  const bool closed = outputs_.contactor_main || !mirrors_open(in);
  lock_.tick(now_us_, permission_.lock_wanted() && proximity_.present(), closed, in.lock_feedback);
  outputs_.lock = lock_.driven();
  outputs_.ventilation =
      hardware_.ventilation && view_.state == PilotState::D && permission_.given();
}

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

// Measured values are told of when something else is.
bool differs(const Report& a, const Report& b) {
  return a.phase != b.phase || a.state != b.state || a.plugged != b.plugged ||
         a.vehicle_ready != b.vehicle_ready || a.closed != b.closed || a.locked != b.locked ||
         a.offered_ma != b.offered_ma || a.cable_rating_ma != b.cable_rating_ma ||
         a.last_stop != b.last_stop || a.faults != b.faults;
}

}  // namespace

void Controller::tell(const Inputs& in) {
  Report& report = report_;
  Report before;
  before = report;
  report.phase = phase_;
  // State F for a fault is over soon, and what was seen before it is what the fault is about.
  report.state = phase_ == Phase::Unavailable ? PilotState::F : view_.state;
  // A shorted pilot says nothing of who is plugged in.
  if (view_.state != PilotState::E) report.plugged = view_.vehicle;
  report.vehicle_ready = view_.state == PilotState::C || view_.state == PilotState::D;
  report.closed = outputs_.contactor_main || !mirrors_open(in);
  report.locked = socket() && hardware_.lock && in.lock_feedback;
  report.offered_ma = outputs_.pilot_mode == PilotMode::Pwm ? offer_.current_ma() : 0;
  report.cable_rating_ma = socket() ? proximity_.rating_ma() : 0;
  report.last_stop = last_stop_;
  report.faults = faults_.held();
  report.energy_mwh = meter_.energy_mwh();
  report.frequency_mhz = in.frequency_mhz > 0 ? static_cast<uint32_t>(in.frequency_mhz) : 0;
  report.temperature_cc = temperature_.hottest_cc();
  if (cycles_.sequence() != shown_cycle_) {
    shown_cycle_ = cycles_.sequence();
    for (int i = 0; i < lines_; ++i) {
      report.voltage_mv[i] = static_cast<int32_t>(cycles_.line(i).voltage_mv);
      report.current_ma[i] = static_cast<int32_t>(cycles_.line(i).current_ma);
      report.power_mw[i] = cycles_.line(i).power_mw;
    }
  }
  if (differs(report, before)) ++revision_;
  display_.tick(now_us_, report, outputs_);
}

}  // namespace evse
