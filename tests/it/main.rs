mod hostile;
mod input;
mod surface;
mod text;
mod theme;
mod widget;
