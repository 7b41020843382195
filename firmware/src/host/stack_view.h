// What the twin is shown of the OCPP stack, whichever it is.
#pragma once

#include "../ocpp_stack.h"
#include "link/business.h"

namespace evse::host {

// All but when to be polled again. `connectors`: how many there are.
void look(OcppStack& stack, int connectors, link::Polled& polled);

}  // namespace evse::host
