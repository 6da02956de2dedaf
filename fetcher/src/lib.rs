//! One item, one GET.
