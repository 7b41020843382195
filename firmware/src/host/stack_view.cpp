#include "stack_view.h"

namespace evse::host {

namespace {

#ifdef EVSELOOP_MICROOCPP

constexpr uint8_t kAccepted = 3;

link::Shown shown_of(const MicroOcppClient& stack, int connector) {
  link::Shown shown;
  shown.status = static_cast<uint8_t>(stack.status(connector));
  if (connector == 0 || !stack.is_in_transaction(connector)) return shown;
  shown.in_transaction = true;
  shown.transaction = stack.transaction(connector);
  shown.numbered = shown.transaction >= 0;
  return shown;
}

#else

link::Shown shown_of(const ocpp::ChargePoint& inside, int connector) {
  link::Shown shown;
  shown.status = static_cast<uint8_t>(inside.status.shown(connector).status);
  if (connector == 0) return shown;
  const ocpp::Transaction* transaction = inside.connectors[connector - 1].transaction;
  if (transaction == nullptr) return shown;
  shown.in_transaction = true;
  shown.numbered = transaction->numbered;
  shown.transaction = transaction->number;
  return shown;
}

#endif

}  // namespace

#ifdef EVSELOOP_MICROOCPP

void look(OcppStack& stack, int connectors, link::Polled& polled) {
  polled.reset = static_cast<uint8_t>(stack.reset_wanted());
  polled.registration = stack.is_accepted() ? kAccepted : 0;
  polled.queued = 0;  // The library does not tell what waits.
  polled.idle = stack.is_idle();
  for (int i = 0; i <= connectors; ++i) polled.shown[i] = shown_of(stack, i);
}

#else

void look(OcppStack& stack, int connectors, link::Polled& polled) {
  const ocpp::ChargePoint& inside = stack.charge_point();
  polled.reset = static_cast<uint8_t>(stack.reset_wanted());
  polled.registration = static_cast<uint8_t>(inside.calls.registration);
  polled.queued = static_cast<uint32_t>(inside.journal.waiting());
  polled.idle = inside.calls.idle() && inside.calls.online() && inside.status.acknowledged() &&
                polled.queued == 0;
  for (int i = 0; i <= connectors; ++i) polled.shown[i] = shown_of(inside, i);
}

#endif

}  // namespace evse::host
