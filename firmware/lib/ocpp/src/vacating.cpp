#include "ocpp/vacating.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

// So that what there is to tell of the last transaction can leave before the installation.
constexpr uint64_t kSettlingS = 5;

}  // namespace

void Vacating::begin() {
  if (going_on_) return;
  going_on_ = true;
  done_ = false;
  look();
}

void Vacating::give_up() {
  going_on_ = false;
  done_ = false;
  settling_.cancel();
  for (Connector& each : cp_) {
    if (!each.updating) continue;
    each.updating = false;
    each.command.available = each.in_service();
  }
}

void Vacating::look() {
  if (!going_on_) return;
  bool vacated = true;
  for (Connector& each : cp_) {
    if (!each.updating && each.transaction == nullptr) {
      each.updating = true;
      each.waiting.cancel();
      each.locking.cancel();
      each.permitted = false;
      each.command.hold_lock = !each.lock_owner.empty();
      each.command.available = false;
    }
    vacated = vacated && each.updating && !each.report.closed;
  }
  if (!vacated) {
    // A contactor that is seen closed again is no moment to write to flash.
    done_ = false;
    settling_.cancel();
  } else if (!done_ && !settling_.pending()) {
    settling_.set(cp_.in_seconds(kSettlingS));
  }
}

void Vacating::poll() {
  look();
  if (settling_.due(cp_.now_us)) done_ = true;
}

}  // namespace evse::ocpp
