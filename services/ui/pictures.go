package ui

// alts describe the pictures in static/products to people who cannot see them.
func alts() map[string]string {
	return map[string]string{
		"cc789f85-1476-452a-8100-9e74502198e0": "An open brass pocket compass whose dark dial shows the five stars of the Southern Cross",
		"87e89b11-d319-446d-b9be-50adcca5224a": "A bright yellow hooded raincoat with two large pockets, in the rain",
		"4f18544b-70a5-4352-8e19-0d070f46745d": "A long brown oilskin coat with a cape, a green collar and brass buttons",
		"79bce3f3-935f-4912-8c62-0d2f3e059405": "A blue knitted jumper with a patterned yoke and coral cuffs",
		"d27cf49f-b689-4a75-a249-d373e0330bb5": "A canvas rucksack with leather straps and a red bedroll below it",
		"1ca35e86-4b4c-4124-b6b5-076ba4134d0d": "Green and brass binoculars whose lenses mirror the sea at sunset",
		"631a3db5-ac07-492c-a994-8cd56923c112": "A speckled enamel mug of tea that steams on glowing coals under the stars",
		"8757729a-c518-4356-8694-9e795a9b3237": "Chocolate and coconut lamingtons piled on a plate, with a raspberry on top",
		"d4edfedb-dbe9-4dd9-aae8-009489394955": "A red and white storm lantern that glows warmly at night",
		"a1258cd2-176c-4507-ade6-746dab5ad625": "A small wooden dinghy with a red mainsail on a blue bay",
		"d3104128-1d14-4465-99d3-8ab9267c687b": "A black and white electric scooter with a red box, in front of a city",
		"d77f9ae6-e9a8-4a3e-86bd-b72af75cbc49": "A cream and teal teardrop caravan at sunset in the outback",
	}
}

// tagPictures name the product whose picture a category uses.
func tagPictures() map[string]string {
	return map[string]string{
		"accessories": "1ca35e86-4b4c-4124-b6b5-076ba4134d0d",
		"clothing":    "79bce3f3-935f-4912-8c62-0d2f3e059405",
		"food":        "8757729a-c518-4356-8694-9e795a9b3237",
		"vehicles":    "d77f9ae6-e9a8-4a3e-86bd-b72af75cbc49",
	}
}
