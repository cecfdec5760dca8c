//! Identifiers and claims: who holds a value, who takes it, who gets it next.

use scv_desk::domain::Field;

use crate::world::*;

#[test]
fn a_call_makes_an_identified_contact_and_claims_its_number() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    assert_eq!(world.holder(&phone(EFA)), Some(world.who(call)));
    world.keep("Efa Nolan", &[(Field::CellPhone, CLAIRE)]);
}
