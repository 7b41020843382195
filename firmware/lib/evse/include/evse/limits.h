// Every number that the charging process works to, with its unit and where it comes from.
//
// "Table A.x" is IEC 61851-1 (edition 3) Annex A. "Policy" is a number of this project.
#pragma once

#include <stdint.h>

namespace evse {

constexpr uint64_t kMs = 1000;
constexpr uint64_t kSecond = 1000 * kMs;

// --- control pilot -------------------------------------------------------------------------
// Boundaries between the states, half way between the plateaus of Table A.4 (policy).
constexpr int32_t kStateBoundaryMv[4] = {10500, 7500, 4500, 2000};  // A|B, B|C, C|D, D|E
constexpr int32_t kStateHysteresisMv = 150;                         // policy
// Of the 100 ms of Table A.6 sequence 8.1 at most 50 are the filter's.
constexpr uint64_t kPilotFilterUs = 20 * kMs;
// A vehicle's diode lets the whole negative half stand: -12 V (Table A.2); shorted it is -8.8 V.
constexpr int32_t kDiodeMv = -10000;
constexpr uint64_t kDiodeUs = 20 * kMs;
// State F after a fault lasts 300 ms at least (Table A.5); a margin for the PWM's period.
constexpr uint64_t kStateFUs = 310 * kMs;
// 3 s of steady +12 V before PWM comes back (Table A.6), and again a margin.
constexpr uint64_t kSteadyUs = 3010 * kMs;

// --- offer ---------------------------------------------------------------------------------
constexpr uint32_t kLeastOfferMa = 6000;  // Table A.7
constexpr uint32_t kMostOfferMa = 80000;  // Table A.7
// Duty changes are 5 s apart at least (Table A.6).
constexpr uint64_t kDutySpacingUs = 5010 * kMs;

// --- wake-up of a sleeping vehicle (Table A.6, from state B only) ------------------------------
constexpr uint64_t kAsleepUs = 30 * kSecond;    // policy
constexpr uint64_t kWakeSteadyUs = 3010 * kMs;  // 3 s of +12 V, and as long after state F
constexpr uint64_t kWakeStateFUs = 4010 * kMs;  // 4 s of state F

// --- proximity pilot: 1 kOhm from 3.3 V (Annex B), mV = 3300 R / (1000 + R) --------------------
constexpr uint64_t kProximityFilterUs = 200 * kMs;  // policy; contacts bounce
constexpr uint16_t kProximity60OhmMv = 187;         // below: no cable that anybody makes
constexpr uint16_t kProximity140OhmMv = 406;        // up to here 63 A
constexpr uint16_t kProximity308OhmMv = 778;        // 32 A; a gap belongs to the lower rating
constexpr uint16_t kProximity936OhmMv = 1596;       // 20 A
constexpr uint16_t kProximity4500OhmMv = 2700;      // 13 A; above: nothing, or a broken contact

// --- earth, residual current -------------------------------------------------------------------
constexpr uint64_t kEarthUs = 20 * kMs;  // of 100 ms to open (IEC 61851-1 clause 8.3, derived)
// The self-test (IEC 62955 clause 8.4) holds for one closing and a minute (policy).
constexpr uint64_t kResidualTestUs = 1490 * kMs;  // at most 1.5 s, answered or not
constexpr uint64_t kResidualValidUs = 59900 * kMs;
constexpr uint64_t kResidualSettlesUs = 100 * kMs;

// --- contactor -------------------------------------------------------------------------------
constexpr uint64_t kWeldedUs = 200 * kMs;     // after coil off; it takes 30 ms to release
constexpr uint64_t kStuckOpenUs = 300 * kMs;  // after coil on

// --- current (policies; IEC 61851-1 leaves over-current to the installation)
// ----------------------
constexpr uint32_t kOverCurrentPercent = 110;
constexpr uint32_t kOverCurrentPlusMa = 500;
constexpr uint64_t kOverCurrentUs = 6500 * kMs;
// A vehicle has 5 s to follow a reduced duty (Table A.6), real ones take 6.
constexpr uint64_t kReductionGraceUs = 8010 * kMs;
constexpr uint32_t kShortCircuitLeastMa = 16000;  // twice the limit, of this at least
constexpr uint64_t kShortCircuitUs = 100 * kMs;
constexpr uint64_t kInrushUs = 1550 * kMs;
// A soft stop opens under load after 6 s at the earliest (Table A.6 sequence 10.2).
constexpr uint32_t kDrawnDownMa = 1000;
constexpr uint64_t kStubbornUs = 6500 * kMs;
// A plain socket: what a finished charger draws, and for how long.
constexpr uint32_t kPlainEndMa = 100;
constexpr uint64_t kPlainEndUs = 60 * kSecond;

// --- supply (EN 50160 says 230 V within 10 %; what to do outside is a policy)
// ---------------------
constexpr uint32_t kNominalMv = 230000;
constexpr uint32_t per_mille_mv(uint32_t per_mille) { return kNominalMv / 1000 * per_mille; }
constexpr uint32_t kUnderVoltageMv = per_mille_mv(850);
constexpr uint32_t kUnderVoltageOverMv = per_mille_mv(880);
constexpr uint64_t kUnderVoltageUs = 500 * kMs;
constexpr uint32_t kOverVoltageMv = per_mille_mv(1100);
constexpr uint32_t kOverVoltageOverMv = per_mille_mv(1080);
constexpr uint64_t kOverVoltageUs = 100 * kMs;
constexpr uint32_t kPhaseLostMv = per_mille_mv(500);
constexpr uint32_t kNeutralLostLowMv = per_mille_mv(960);  // another phase, while one is high
constexpr uint64_t kSupplySettlesUs = 100 * kMs;
constexpr uint64_t kSupplyGoneUs = 20 * kMs;

// --- temperature, hundredths of a degree (policy)
// -------------------------------------------------
constexpr int32_t kDerateCc = 6500;
constexpr int32_t kDerateBackCc = 200;  // a step is taken back that much below
constexpr int32_t kDerateStepCc = 100;
constexpr int32_t kDerateSteps = 10;
constexpr int32_t kSoftStopCc = 7500;
constexpr int32_t kOpenAtOnceCc = 8500;
// Below 60 degrees, by more than the steps in which converters and links tell a temperature.
constexpr int32_t kCooledCc = 5980;

// --- sensors (policy)
// -----------------------------------------------------------------------------
constexpr uint32_t kPilotStaleUs = 20000;
constexpr uint64_t kSensorLostUs = 30 * kMs;
constexpr uint64_t kSensorGraceUs = 200 * kMs;  // converters start up after a reset

// --- lock, ventilation
// ------------------------------------------------------------------------------
constexpr uint64_t kLockUs = 1 * kSecond;            // policy: a motor takes 0.5 s
constexpr uint64_t kVentilationFirstUs = 500 * kMs;  // Table A.6: ventilation before state D closes

// --- faults (policy)
// ----------------------------------------------------------------------------------
constexpr uint64_t kCauseGoneUs = 10010 * kMs;
constexpr int kRetries = 3;
constexpr uint64_t kRetriesUs = 600 * kSecond;

// --- register
// ------------------------------------------------------------------------------------------- A
// power cut may lose what 10 s of power make: 8 s between two saves, and up to a second that a
// total may be old when it is saved.
constexpr uint64_t kSaveUs = 8 * kSecond;
// A total that falls by more than 10 Wh is that of a converter that has started anew; less is
// power that went backwards.
constexpr int64_t kConverterRestartMws = 36000000;

}  // namespace evse
