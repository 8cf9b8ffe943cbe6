"""Parameters under lenstronomy's names, which herculens has taken over."""

from scenes import ellipticity, shear_components


def image_parameters(draw, sersic_radius):
    """Keyword arguments that render a draw.

    `sersic_radius` turns the parameters of a Sersic profile into its effective radius, the one convention that differs.
    """
    return {
        "kwargs_lens": [mass(kind, values) for kind, values in draw.mass],
        "kwargs_source": [sersic(draw.source, sersic_radius)],
        "kwargs_lens_light": [sersic(draw.lens_light, sersic_radius)] if draw.lens_light else None,
    }


def mass(kind, values):
    """Parameters of one mass."""
    if kind == "shear":
        gamma1, gamma2 = shear_components(values)
        return {"gamma1": gamma1, "gamma2": gamma2, "ra_0": 0.0, "dec_0": 0.0}
    result = {"center_x": values["center"][0], "center_y": values["center"][1]}
    if kind == "truncated_nfw":
        names = {"Rs": "scale_radius", "alpha_Rs": "deflection_at_scale_radius", "r_trunc": "truncation_radius"}
        return result | {theirs: values[ours] for theirs, ours in names.items()}
    result["theta_E"] = values["einstein_radius"]
    if kind == "epl":
        result["gamma"] = values["slope"]
    if kind in ("sie", "epl"):
        result["e1"], result["e2"] = ellipticity(values)
    return result


def sersic(light, radius):
    """Parameters of a Sersic profile."""
    e1, e2 = ellipticity(light)
    x, y = light["center"]
    return {
        "amp": light["intensity"],
        "R_sersic": radius(light),
        "n_sersic": light["sersic_index"],
        "e1": e1,
        "e2": e2,
        "center_x": x,
        "center_y": y,
    }
