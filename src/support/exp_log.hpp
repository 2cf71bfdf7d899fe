// Exponential and logarithm in IEEE double arithmetic alone (no libm routine, whose last bits differ between
// systems), so that what follows from a model's numbers is the same on every machine.
#pragma once

namespace reckon::support {

// Relative error below 5e-16 for |x| < 700. 0 and infinity beyond.
double exp(double x);
// Absolute error below 5e-16 times max(1, |ln x|), for positive normal numbers.
double log(double x);
// base^exponent for a positive base: exp(exponent * log(base)).
double power(double base, double exponent);

}  // namespace reckon::support
