// Sine and cosine in IEEE double arithmetic alone (no libm routine, whose last bits differ between systems),
// so that rotation angles are the same on every machine.
#pragma once

namespace reckon::support {

struct SinCos {
  double sin, cos;
};

// Absolute error below 4e-16 for |x| up to 1e9. NaN for NaN, infinities and |x| above 1e12.
SinCos sincos(double x);

}  // namespace reckon::support
